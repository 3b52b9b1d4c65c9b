import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { type AccountData, timestampOf } from './account-data.ts';
import {
  addNewest,
  count,
  find,
  isSame,
  pageOf,
  removeWhere,
  text,
  texts,
  type ToolArguments,
  ToolFailure,
  type ToolFunction,
  type ToolTable,
} from './tool-call.ts';

const self = 'U00SELF';

/** A channel by id or name, with or without `#`; throws Slack's `channel_not_found`. */
function findChannel({ lists }: AccountData, reference: string): JsonObject {
  const name = reference.replace(/^#/, '');
  return find(
    lists['channels'] ?? [],
    (channel) => isSame(text(channel, 'id'), name) || isSame(text(channel, 'name'), name),
    `channel_not_found: ${reference}`,
    'CHANNEL_NOT_FOUND',
  );
}

function namesOf(user: JsonObject): string[] {
  const names = ['id', 'name', 'real_name'].map((field) => text(user, field));
  return [...names, text(user, 'profile', 'email')];
}

/** A person by id, name, full name or address; throws Slack's `user_not_found`. */
function findPerson({ lists }: AccountData, reference: string): JsonObject {
  const wanted = reference.replace(/^@/, '');
  return find(
    lists['users'] ?? [],
    (user) => namesOf(user).some((each) => isSame(each, wanted)),
    `user_not_found: ${reference}`,
    'USER_NOT_FOUND',
  );
}

/** The channel meant, or the direct conversation where a person is named in its place. */
function conversationFor(data: AccountData, reference: string): JsonObject {
  if (!/^(@|U0)/.test(reference)) return findChannel(data, reference);
  const person = findPerson(data, reference);
  const id = `D${text(person, 'id').slice(1)}`;
  const open = data.lists['channels']?.find((channel) => channel['id'] === id);
  return open ?? addChannel(data, { id, name: text(person, 'name'), is_private: true });
}

function addChannel(data: AccountData, channel: JsonObject): JsonObject {
  const added = { topic: { value: '' }, members: [self], ...channel };
  return addNewest(data.lists['channels'] ?? [], added);
}

function showChannel(channel: JsonObject): JsonObject {
  const { members: _members, ...shown } = channel;
  return { ...shown, num_members: texts(channel, 'members').length };
}

function showMessage({ channel: _channel, ...shown }: JsonObject): JsonObject {
  return shown;
}

/** One page; Slack's cursors are offsets here. */
function paged(name: string, records: readonly JsonObject[], input: ToolArguments): JsonObject {
  const start = Number(text(input, 'cursor')) || 0;
  const { items, next = '' } = pageOf(records, start, count(input, 'limit', 100));
  return { ok: true, [name]: items, response_metadata: { next_cursor: next } };
}

/** A tool on the channel that its arguments name, with the channel's messages, newest first. */
function inChannel(
  run: (
    channel: JsonObject,
    messages: JsonObject[],
    input: ToolArguments,
    data: AccountData,
  ) => JsonObject,
): ToolFunction {
  return (input, data) => {
    const channel = findChannel(data, text(input, 'channel'));
    const isHere = (message: JsonObject) => message['channel'] === channel['name'];
    const messages = (data.lists['messages'] ?? []).filter(isHere);
    return { ok: true, ...run(channel, messages, input, data) };
  };
}

function findMessage(messages: readonly JsonObject[], ts: string): JsonObject {
  const fits = (message: JsonObject) => message['ts'] === ts;
  return find(messages, fits, `message_not_found: ${ts}`, 'MESSAGE_NOT_FOUND');
}

/** A tool that answers the person whom one of its arguments names. */
function personBy(argument: string): ToolFunction {
  return (input, data) => ({ ok: true, user: findPerson(data, text(input, argument)) });
}

function post(input: ToolArguments, data: AccountData): JsonObject {
  const channel = conversationFor(data, text(input, 'channel'));
  const threadTs = text(input, 'thread_ts');
  const message = addNewest(data.lists['messages'] ?? [], {
    channel: text(channel, 'name'),
    type: 'message',
    ts: timestampOf(data.now, data.nextNumber++),
    user: self,
    username: data.self.name,
    text: text(input, 'text'),
    ...(threadTs !== '' && { thread_ts: threadTs }),
  });
  const { ts = '' } = message;
  return { ok: true, channel: channel['id'] ?? '', ts, message: showMessage(message) };
}

/** Slack's tools that work on the account's workspace. */
export const slackTools: ToolTable = {
  slack_list_channels: (input, { lists }) =>
    paged('channels', (lists['channels'] ?? []).map(showChannel), input),
  slack_get_conversation_info: inChannel((channel) => ({ channel: showChannel(channel) })),
  slack_list_users: (input, { lists }) => paged('members', lists['users'] ?? [], input),
  slack_list_channel_members: inChannel((channel, _messages, input, { lists }) => {
    const isMember = (user: JsonObject) => texts(channel, 'members').includes(text(user, 'id'));
    return paged('members', (lists['users'] ?? []).filter(isMember), input);
  }),
  slack_get_user_info: personBy('user'),
  slack_lookup_user_by_email: personBy('email'),
  slack_fetch_conversation_history: inChannel(({ name = '' }, messages, input) => {
    const oldest = Number(text(input, 'oldest')) || 0;
    const isShown = (each: JsonObject) =>
      !('thread_ts' in each) && Number(text(each, 'ts')) > oldest;
    const shown = messages.filter(isShown).map(showMessage);
    return { channel: name, ...paged('messages', shown, input) };
  }),
  slack_get_conversation_replies: inChannel(({ name = '' }, messages, input) => {
    const ts = text(input, 'ts');
    const thread = messages.filter((each) => each['ts'] === ts || each['thread_ts'] === ts);
    return { channel: name, ...paged('messages', thread.toReversed().map(showMessage), input) };
  }),
  slack_search_messages(input, { lists }) {
    const words = text(input, 'query').toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (lists['messages'] ?? []).filter((each) =>
      words.every((word) => text(each, 'text').toLowerCase().includes(word)),
    );
    const shown = matches.slice(0, count(input, 'count', 20));
    return { ok: true, messages: { total: matches.length, matches: shown } };
  },

  slack_send_message: post,
  slack_send_rich_message: post,
  slack_send_me_message: post,
  slack_add_reaction: inChannel((_channel, messages, input) => {
    const message = findMessage(messages, text(input, 'timestamp'));
    const name = text(input, 'name').replaceAll(':', '');
    const reactions = (message['reactions'] ?? []) as JsonObject[];
    const others = reactions.find((reaction) => reaction['name'] === name);
    const users = others === undefined ? [] : texts(others, 'users');
    if (users.includes(self)) {
      throw new ToolFailure(Code.AlreadyExists, 'ALREADY_REACTED', `already_reacted: ${name}`);
    }
    const rest = reactions.filter((reaction) => reaction !== others);
    message['reactions'] = [...rest, { name, users: [...users, self], count: users.length + 1 }];
    return {};
  }),
  slack_update_message: inChannel((_channel, messages, input) => {
    const message = findMessage(messages, text(input, 'ts'));
    message['text'] = text(input, 'text') || text(message, 'text');
    return { ts: text(message, 'ts'), message: showMessage(message) };
  }),
  slack_delete_message: inChannel((channel, messages, input, { lists }) => {
    const message = findMessage(messages, text(input, 'ts'));
    removeWhere(lists['messages'] ?? [], (each) => each === message);
    return { channel: text(channel, 'id'), ts: text(message, 'ts') };
  }),
  slack_create_channel(input, data) {
    const name = text(input, 'name').replace(/^#/, '').toLowerCase();
    if (data.lists['channels']?.some((channel) => channel['name'] === name)) {
      throw new ToolFailure(Code.AlreadyExists, 'NAME_TAKEN', `name_taken: ${name}`);
    }
    const id = `C${String(data.nextNumber++).padStart(4, '0')}NEW`;
    const channel = addChannel(data, { id, name, is_private: input['is_private'] === true });
    return { ok: true, channel: showChannel(channel) };
  },
  slack_set_conversation_topic: inChannel((channel, _messages, input) => {
    channel['topic'] = { value: text(input, 'topic') };
    return { channel: showChannel(channel) };
  }),
  slack_invite_users_to_channel: inChannel((channel, _messages, input, data) => {
    const invited = text(input, 'users').split(',');
    const ids = invited.map((each) => text(findPerson(data, each.trim()), 'id'));
    channel['members'] = [...new Set([...texts(channel, 'members'), ...ids])];
    return { channel: showChannel(channel) };
  }),
};

import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  type Channel,
  type Chat,
  type ChatMessage,
  type Person,
  timestampOf,
} from '../seed/chat.ts';
import {
  count,
  keepNewest,
  text,
  type ToolArguments,
  type ToolContext,
  ToolFailure,
  type ToolFunction,
  type ToolTable,
} from './tool-call.ts';

function notFound(code: string, what: string): ToolFailure {
  return new ToolFailure(Code.NotFound, code.toUpperCase(), `${code}: ${what}`);
}

/** A channel by id or name, with or without `#`; throws Slack's `channel_not_found`. */
function findChannel(chat: Chat, reference: string): Channel {
  const name = reference.replace(/^#/, '').toLowerCase();
  const found = chat.channels.find(
    (channel) => channel.id.toLowerCase() === name || channel.name === name,
  );
  if (!found) throw notFound('channel_not_found', reference);
  return found;
}

/** A person by id, name, full name or address; throws Slack's `user_not_found`. */
function findPerson(chat: Chat, reference: string): Person {
  const wanted = reference.replace(/^@/, '').toLowerCase();
  const found = chat.people.find((person) =>
    [person.id, person.name, person.realName, person.email].some(
      (each) => each.toLowerCase() === wanted,
    ),
  );
  if (!found) throw notFound('user_not_found', reference);
  return found;
}

function findMessage(channel: Channel, ts: string): ChatMessage {
  const found = channel.messages.find((each) => each.ts === ts);
  if (!found) throw notFound('message_not_found', `${ts} in ${channel.name}`);
  return found;
}

function showChannel(channel: Channel): JsonObject {
  return {
    id: channel.id,
    name: channel.name,
    topic: { value: channel.topic },
    is_private: channel.isPrivate,
    num_members: channel.members.length,
  };
}

function showPerson(person: Person): JsonObject {
  return {
    id: person.id,
    name: person.name,
    real_name: person.realName,
    profile: { email: person.email, title: person.title },
  };
}

function showMessage(chat: Chat, shown: ChatMessage): JsonObject {
  const author = chat.people.find((person) => person.id === shown.user);
  return {
    type: 'message',
    ts: shown.ts,
    user: shown.user,
    username: author?.realName ?? shown.user,
    text: shown.text,
    ...(shown.threadTs === undefined ? {} : { thread_ts: shown.threadTs }),
    ...(shown.reactions.length === 0
      ? {}
      : {
          reactions: shown.reactions.map(({ name, users }) => ({
            name,
            users: [...users],
            count: users.length,
          })),
        }),
  };
}

/** Slack's cursors are offsets here. */
function paged<Item>(all: readonly Item[], input: ToolArguments, show: (item: Item) => JsonObject) {
  const offset = Number(text(input, 'cursor')) || 0;
  const end = offset + count(input, 'limit', 100);
  const next = end < all.length ? String(end) : '';
  return { items: all.slice(offset, end).map(show), response_metadata: { next_cursor: next } };
}

/** A tool that works on the channel that its arguments name. */
function inChannel(
  run: (channel: Channel, input: ToolArguments, context: ToolContext<Chat>) => JsonObject,
): ToolFunction<Chat> {
  return (input, context) => ({
    ok: true,
    ...run(findChannel(context.data, text(input, 'channel')), input, context),
  });
}

/** A tool that answers the person whom one of its arguments names. */
function personBy(argument: string): ToolFunction<Chat> {
  return (input, { data }) => ({
    ok: true,
    user: showPerson(findPerson(data, text(input, argument))),
  });
}

function listMessages(
  messages: readonly ChatMessage[],
  channel: Channel,
  input: ToolArguments,
  chat: Chat,
): JsonObject {
  const { items, ...rest } = paged(messages, input, (each) => showMessage(chat, each));
  return { channel: channel.name, messages: items, ...rest };
}

function post(input: ToolArguments, { data, now }: ToolContext<Chat>) {
  const channel = conversationFor(data, text(input, 'channel'));
  const threadTs = text(input, 'thread_ts');
  const posted = {
    ts: timestampOf(now, data.nextNumber),
    user: data.self,
    text: text(input, 'text'),
    reactions: [],
    ...(threadTs === '' ? {} : { threadTs }),
  };
  data.nextNumber += 1;
  channel.messages.push(posted);
  keepNewest(channel.messages);
  return { ok: true, channel: channel.id, ts: posted.ts, message: showMessage(data, posted) };
}

/** The channel meant, or the direct conversation where a person is named in its place. */
function conversationFor(chat: Chat, reference: string): Channel {
  if (!/^(@|U0)/.test(reference)) return findChannel(chat, reference);
  const person = findPerson(chat, reference);
  const id = `D${person.id.slice(1)}`;
  const open = chat.channels.find((channel) => channel.id === id);
  if (open) return open;
  const members = [chat.self, person.id];
  const created = { id, name: person.name, topic: '', isPrivate: true, members, messages: [] };
  chat.channels.push(created);
  return created;
}

/** Slack's tools that work on the account's workspace. */
export const slackTools: ToolTable<Chat> = {
  slack_list_channels(input, { data }) {
    const { items, ...rest } = paged(data.channels, input, showChannel);
    return { ok: true, channels: items, ...rest };
  },
  slack_get_conversation_info: inChannel((channel) => ({ channel: showChannel(channel) })),
  slack_list_users(input, { data }) {
    const { items, ...rest } = paged(data.people, input, showPerson);
    return { ok: true, members: items, ...rest };
  },
  slack_list_channel_members: inChannel(({ members }, input, { data }) => {
    const people = data.people.filter((each) => members.includes(each.id));
    const { items, ...rest } = paged(people, input, showPerson);
    return { members: items, ...rest };
  }),
  slack_get_user_info: personBy('user'),
  slack_lookup_user_by_email: personBy('email'),
  slack_fetch_conversation_history: inChannel((channel, input, { data }) => {
    const newestFirst = channel.messages.filter((each) => !each.threadTs).toReversed();
    return listMessages(newestFirst, channel, input, data);
  }),
  slack_get_conversation_replies: inChannel((channel, input, { data }) => {
    const ts = text(input, 'ts');
    const thread = channel.messages.filter((each) => each.ts === ts || each.threadTs === ts);
    return listMessages(thread, channel, input, data);
  }),
  slack_search_messages(input, { data }) {
    const words = text(input, 'query').toLowerCase().split(/\s+/).filter(Boolean);
    const matches = data.channels.flatMap((channel) =>
      channel.messages
        .filter((each) => words.every((word) => each.text.toLowerCase().includes(word)))
        .map((each) => ({ ...showMessage(data, each), channel: channel.name })),
    );
    const most = count(input, 'count', 20);
    return { ok: true, messages: { total: matches.length, matches: matches.slice(0, most) } };
  },

  slack_send_message: post,
  slack_send_rich_message: post,
  slack_send_me_message: post,
  slack_add_reaction: inChannel((channel, input, { data }) => {
    const { reactions } = findMessage(channel, text(input, 'timestamp'));
    const name = text(input, 'name').replaceAll(':', '');
    const existing = reactions.find((reaction) => reaction.name === name);
    if (existing?.users.includes(data.self)) {
      throw new ToolFailure(Code.AlreadyExists, 'ALREADY_REACTED', `already_reacted: ${name}`);
    }
    if (existing) existing.users.push(data.self);
    else reactions.push({ name, users: [data.self] });
    return {};
  }),
  slack_update_message: inChannel((channel, input, { data }) => {
    const found = findMessage(channel, text(input, 'ts'));
    found.text = text(input, 'text') || found.text;
    return { ts: found.ts, message: showMessage(data, found) };
  }),
  slack_delete_message: inChannel((channel, input) => {
    const found = findMessage(channel, text(input, 'ts'));
    channel.messages = channel.messages.filter((each) => each !== found);
    return { channel: channel.id, ts: found.ts };
  }),
  slack_create_channel(input, { data }) {
    const name = text(input, 'name').replace(/^#/, '').toLowerCase();
    if (data.channels.some((channel) => channel.name === name)) {
      throw new ToolFailure(Code.AlreadyExists, 'NAME_TAKEN', `name_taken: ${name}`);
    }
    const id = `C${String(data.nextNumber).padStart(4, '0')}NEW`;
    const isPrivate = input['is_private'] === true;
    const created = { id, name, topic: '', isPrivate, members: [data.self], messages: [] };
    data.nextNumber += 1;
    data.channels.push(created);
    keepNewest(data.channels);
    return { ok: true, channel: showChannel(created) };
  },
  slack_set_conversation_topic: inChannel((channel, input) => {
    channel.topic = text(input, 'topic');
    return { channel: showChannel(channel) };
  }),
  slack_invite_users_to_channel: inChannel((channel, input, { data }) => {
    const invited = text(input, 'users').split(',');
    const ids = invited.map((each) => findPerson(data, each.trim()).id);
    channel.members = [...new Set([...channel.members, ...ids])];
    return { channel: showChannel(channel) };
  }),
};

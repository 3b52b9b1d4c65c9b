import { Code } from '@connectrpc/connect';
import { timestampOf, type Channel, type Chat } from '../seed/chat.ts';
import { findChannel, findMessage, findPerson, showChannel, showMessage } from './slack-records.ts';
import {
  ToolFailure,
  keepNewest,
  text,
  type ToolArguments,
  type ToolContext,
  type ToolTable,
} from './tool-call.ts';

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

/** Slack's tools that change the workspace. */
export const slackWriteTools: ToolTable<Chat> = {
  slack_send_message: post,
  slack_send_rich_message: post,
  slack_send_me_message: post,

  slack_add_reaction(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    const { reactions } = findMessage(channel, text(input, 'timestamp'));
    const name = text(input, 'name').replaceAll(':', '');
    const existing = reactions.find((reaction) => reaction.name === name);
    if (existing?.users.includes(data.self)) {
      throw new ToolFailure(Code.AlreadyExists, 'ALREADY_REACTED', `already_reacted: ${name}`);
    }
    if (existing) existing.users.push(data.self);
    else reactions.push({ name, users: [data.self] });
    return { ok: true };
  },

  slack_update_message(input, { data }) {
    const found = findMessage(findChannel(data, text(input, 'channel')), text(input, 'ts'));
    found.text = text(input, 'text') || found.text;
    return { ok: true, ts: found.ts, message: showMessage(data, found) };
  },

  slack_delete_message(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    const found = findMessage(channel, text(input, 'ts'));
    channel.messages = channel.messages.filter((each) => each !== found);
    return { ok: true, channel: channel.id, ts: found.ts };
  },

  slack_create_channel(input, { data }) {
    const name = text(input, 'name').replace(/^#/, '').toLowerCase();
    if (data.channels.some((channel) => channel.name === name)) {
      throw new ToolFailure(Code.AlreadyExists, 'NAME_TAKEN', `name_taken: ${name}`);
    }
    const created: Channel = {
      id: `C${String(data.nextNumber).padStart(4, '0')}NEW`,
      name,
      topic: '',
      isPrivate: input['is_private'] === true,
      members: [data.self],
      messages: [],
    };
    data.nextNumber += 1;
    data.channels.push(created);
    keepNewest(data.channels);
    return { ok: true, channel: showChannel(created) };
  },

  slack_set_conversation_topic(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    channel.topic = text(input, 'topic');
    return { ok: true, channel: showChannel(channel) };
  },

  slack_invite_users_to_channel(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    const invited = text(input, 'users')
      .split(',')
      .map((each) => findPerson(data, each.trim()).id);
    channel.members = [...new Set([...channel.members, ...invited])];
    return { ok: true, channel: showChannel(channel) };
  },
};

import type { JsonObject } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import type { Channel, Chat, ChatMessage, Person } from '../seed/chat.ts';
import { ToolFailure } from './tool-call.ts';

function notFound(code: string, what: string): ToolFailure {
  return new ToolFailure(Code.NotFound, code.toUpperCase(), `${code}: ${what}`);
}

/** A channel by id or name, with or without `#`; throws Slack's `channel_not_found`. */
export function findChannel(chat: Chat, reference: string): Channel {
  const name = reference.replace(/^#/, '').toLowerCase();
  const found = chat.channels.find(
    (channel) => channel.id.toLowerCase() === name || channel.name === name,
  );
  if (!found) throw notFound('channel_not_found', reference);
  return found;
}

/** A person by id, name, full name or address; throws Slack's `user_not_found`. */
export function findPerson(chat: Chat, reference: string): Person {
  const wanted = reference.replace(/^@/, '').toLowerCase();
  const found = chat.people.find((person) =>
    [person.id, person.name, person.realName, person.email].some(
      (each) => each.toLowerCase() === wanted,
    ),
  );
  if (!found) throw notFound('user_not_found', reference);
  return found;
}

export function findMessage(channel: Channel, ts: string): ChatMessage {
  const found = channel.messages.find((each) => each.ts === ts);
  if (!found) throw notFound('message_not_found', `${ts} in ${channel.name}`);
  return found;
}

export function showChannel(channel: Channel): JsonObject {
  return {
    id: channel.id,
    name: channel.name,
    topic: { value: channel.topic },
    is_private: channel.isPrivate,
    num_members: channel.members.length,
  };
}

export function showPerson(person: Person): JsonObject {
  return {
    id: person.id,
    name: person.name,
    real_name: person.realName,
    profile: { email: person.email, title: person.title },
  };
}

export function showMessage(chat: Chat, shown: ChatMessage): JsonObject {
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

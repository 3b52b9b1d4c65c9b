import type { JsonObject } from '@bufbuild/protobuf';
import type { Chat, Person } from '../seed/chat.ts';
import { findChannel, findPerson, showChannel, showMessage, showPerson } from './slack-records.ts';
import { slackWriteTools } from './slack-write-tools.ts';
import { count, text, type ToolArguments, type ToolTable } from './tool-call.ts';

/** Slack's cursors are offsets here. */
function paged<Item>(all: readonly Item[], input: ToolArguments, show: (item: Item) => JsonObject) {
  const offset = Number(text(input, 'cursor')) || 0;
  const end = offset + count(input, 'limit', 100);
  const next = end < all.length ? String(end) : '';
  return { items: all.slice(offset, end).map(show), response_metadata: { next_cursor: next } };
}

function listPeople(people: readonly Person[], input: ToolArguments, key: string): JsonObject {
  const { items, ...rest } = paged(people, input, showPerson);
  return { ok: true, [key]: items, ...rest };
}

const slackReadTools: ToolTable<Chat> = {
  slack_list_channels(input, { data }) {
    const { items, ...rest } = paged(data.channels, input, showChannel);
    return { ok: true, channels: items, ...rest };
  },

  slack_get_conversation_info: (input, { data }) => ({
    ok: true,
    channel: showChannel(findChannel(data, text(input, 'channel'))),
  }),

  slack_list_users: (input, { data }) => listPeople(data.people, input, 'members'),

  slack_list_channel_members(input, { data }) {
    const { members } = findChannel(data, text(input, 'channel'));
    const people = data.people.filter((each) => members.includes(each.id));
    return listPeople(people, input, 'members');
  },

  slack_get_user_info: (input, { data }) => ({
    ok: true,
    user: showPerson(findPerson(data, text(input, 'user'))),
  }),

  slack_lookup_user_by_email: (input, { data }) => ({
    ok: true,
    user: showPerson(findPerson(data, text(input, 'email'))),
  }),

  slack_fetch_conversation_history(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    const newestFirst = channel.messages.filter((each) => !each.threadTs).toReversed();
    const { items, ...rest } = paged(newestFirst, input, (each) => showMessage(data, each));
    return { ok: true, channel: channel.name, messages: items, ...rest };
  },

  slack_get_conversation_replies(input, { data }) {
    const channel = findChannel(data, text(input, 'channel'));
    const ts = text(input, 'ts');
    const thread = channel.messages.filter((each) => each.ts === ts || each.threadTs === ts);
    const { items, ...rest } = paged(thread, input, (each) => showMessage(data, each));
    return { ok: true, channel: channel.name, messages: items, ...rest };
  },

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
};

/** Slack's tools that work on the account's workspace. */
export const slackTools: ToolTable<Chat> = { ...slackReadTools, ...slackWriteTools };

import { oddBodies } from './odd-bodies.ts';
import { oddMessages } from './odd-messages.ts';
import type { OddReply } from './odd-reply.ts';

/** Every odd reply that the model endpoint can send, by name: each has been seen at some endpoint. */
export const oddReplies = { ...oddMessages, ...oddBodies } as const satisfies Record<
  string,
  OddReply
>;

export type OddReplyName = keyof typeof oddReplies;

export const oddReplyNames = Object.keys(oddReplies) as [OddReplyName, ...OddReplyName[]];

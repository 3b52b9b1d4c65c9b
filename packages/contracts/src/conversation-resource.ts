import { z } from 'zod';

/** A conversation as `GET /v1/conversations` shows it. */
export const ConversationResource = z.object({
  id: z.string(),
  object: z.literal('conversation'),
  user: z.string(),
  /** The job that holds it, if any does. */
  active_job: z.string().nullable(),
  created_at: z.iso.datetime(),
});
export type ConversationResource = z.infer<typeof ConversationResource>;

export const ConversationList = z.object({
  object: z.literal('list'),
  data: z.array(ConversationResource),
  next_cursor: z.string().nullable(),
});
export type ConversationList = z.infer<typeof ConversationList>;

import { z } from 'zod';

/** What one user's calls of one model came to on one day (UTC). */
export const UsageRow = z.object({
  day: z.iso.date(),
  user: z.string(),
  /** As the model endpoint names the model that answered; `other` once a user's month has too many of them. */
  model: z.string(),
  model_calls: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_usd: z.number(),
});
export type UsageRow = z.infer<typeof UsageRow>;

/** `GET /v1/usage`: by month, then user, then day, then model. */
export const UsageList = z.object({
  object: z.literal('list'),
  data: z.array(UsageRow),
  next_cursor: z.string().nullable(),
});
export type UsageList = z.infer<typeof UsageList>;

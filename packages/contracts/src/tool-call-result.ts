import { z } from 'zod';
import { Json } from './json.ts';

/** The body of `POST /v1/tool-calls/{id}/result`: what came of a call that its function has accepted. */
export const ToolCallResult = z.union([
  z.strictObject({ output: Json }),
  z.strictObject({
    error: z.strictObject({
      message: z.string().min(1).max(10_000),
      /** Stable, for the model: letters, digits and `_`. */
      code: z
        .string()
        .regex(/^[a-z0-9_]{1,64}$/)
        .default('tool_failed'),
    }),
  }),
]);
export type ToolCallResult = z.infer<typeof ToolCallResult>;

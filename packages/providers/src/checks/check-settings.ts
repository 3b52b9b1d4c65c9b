import { Json, JsonObject } from '@pawl/contracts';
import type { OutcomeCheck } from '@pawl/engine';
import { z } from 'zod';

const Pointer = z
  .string()
  .max(400)
  .regex(/^(\/[^/]*)*$/, 'must be a JSON pointer such as /messages');

/** One pointer, or several of which the first that there is counts. */
const Pointers = z
  .union([Pointer.transform((pointer) => [pointer]), z.array(Pointer).min(1).max(20)], {
    error: 'must be a JSON pointer such as /messages, or a list of some',
  })
  .pipe(z.array(z.string()));

const comparisons = [
  'equals',
  'contains',
  'begins_like',
  'includes',
  'excludes',
  'since_call',
] as const;

const Condition = z
  .strictObject({
    at: Pointers,
    equals: Json.optional(),
    contains: Json.optional(),
    begins_like: Json.optional(),
    includes: Json.optional(),
    excludes: Json.optional(),
    since_call: z.literal(true).optional(),
    optional: z.boolean().optional(),
  })
  .refine((condition) => comparisons.some((name) => condition[name] !== undefined), {
    error: `must have one of ${comparisons.join(', ')}`,
  });

const ToolName = z.string().min(1).max(200);

/** How a call of a writing tool is looked up of which nobody knows whether it happened. */
export const CheckSettings = z.strictObject({
  tool: ToolName,
  connection: z.string().optional(),
  look: z.strictObject({ tool: ToolName, arguments: JsonObject.default({}) }),
  found: z.strictObject({
    in: Pointers.default(['']),
    where: z.array(Condition).min(1).max(20),
  }),
  /** What was done is seen only after a while. */
  wait_seconds: z.number().min(0).max(3_600).default(2),
  absent_means_not_done: z.boolean().default(false),
}) satisfies z.ZodType<OutcomeCheck>;

import { z } from 'zod';
import { Assignment } from './process-settings.ts';

/** What the runner tells a harness process over the IPC channel. */
export const Order = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serve'), assignment: Assignment }),
  /** Ends what it serves as a drain does. */
  z.strictObject({ kind: z.literal('leave') }),
]);
export type Order = z.infer<typeof Order>;

/** What it answers. */
export const Report = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('serving'), port: z.int().optional() }),
  z.strictObject({ kind: z.literal('left') }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
]);
export type Report = z.infer<typeof Report>;

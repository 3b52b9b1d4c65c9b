import { z } from 'zod';

/** A number in a query: text that holds nothing but digits. */
export function wholeNumber({ minimum, maximum }: { minimum: number; maximum: number }) {
  const rule = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, rule)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, rule);
}

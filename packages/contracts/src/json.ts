import { z } from 'zod';

/** Any JSON value that is an object. */
export const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

export const Json = z.json();
export type Json = z.infer<typeof Json>;

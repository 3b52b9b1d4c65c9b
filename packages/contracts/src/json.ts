import { z } from 'zod';

export type Json = z.core.util.JSONType;
export interface JsonObject {
  [key: string]: Json;
}

/**
 * Any JSON value, and any that is an object. What is checked has been through `JSON.parse`, so its inner values are JSON
 * by construction: looking at each of them would cost ten times what reading them did.
 */
export const Json = z.custom<Json>((value) => value !== undefined, 'must be a JSON value');
export const JsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be a JSON object',
);

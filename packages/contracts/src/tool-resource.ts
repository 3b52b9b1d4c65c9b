import { z } from 'zod';
import { ToolEffect } from './job-state.ts';
import { JsonObject } from './json.ts';

/** A name for a job's `connections`, as `GET /v1/connections` shows it. */
export const ConnectionResource = z.object({
  object: z.literal('connection'),
  name: z.string(),
  /** What stands behind it: a connection of Scalekit, an MCP server, functions over HTTP. */
  type: z.enum(['scalekit', 'mcp', 'functions']),
  description: z.string().nullable(),
});
export type ConnectionResource = z.infer<typeof ConnectionResource>;

export const ConnectionList = z.object({
  object: z.literal('list'),
  data: z.array(ConnectionResource),
});
export type ConnectionList = z.infer<typeof ConnectionList>;

/** A tool that a job of a user could call, as `GET /v1/tools` shows it. */
export const ToolResource = z.object({
  object: z.literal('tool'),
  /** The name that the model sees. */
  name: z.string(),
  /** Its own name, which `tools.allow` and `tools.deny` are about. */
  tool: z.string(),
  connection: z.string(),
  description: z.string(),
  effect: ToolEffect,
  input_schema: JsonObject,
});
export type ToolResource = z.infer<typeof ToolResource>;

/** Whether a connection's tools could be listed for the user. */
const ListedConnection = z.object({
  name: z.string(),
  status: z.enum(['active', 'requires_authorization', 'unavailable']),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type ListedConnection = z.infer<typeof ListedConnection>;

export const ToolList = z.object({
  object: z.literal('list'),
  data: z.array(ToolResource),
  connections: z.array(ListedConnection),
  next_cursor: z.string().nullable(),
});
export type ToolList = z.infer<typeof ToolList>;

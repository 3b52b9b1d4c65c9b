import { ConnectionName, JsonObject, ToolEffect } from '@pawl/contracts';
import { z } from 'zod';
import { parseWebhookSecrets } from '../webhooks/sign-webhook.ts';
import { CheckSettings } from '../checks/check-settings.ts';
import { templateProblem } from './address-template.ts';

/** Names of functions: those that every model endpoint takes. */
const FunctionName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, _ and -, 64 at most');

const address = z.url({
  protocol: /^https?$/,
  error: 'must be a URL that starts with http:// or https://',
});

/** An address in which `{user}` and `{tenant}` stand for whom the call is made; never in the host. */
const addressTemplate = z.string().superRefine((text, context) => {
  const message = templateProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const HeaderTemplates = z.record(
  z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'must be the name of a header'),
  z.string().regex(/^[\t\x20-\x7e]{1,8000}$/, 'must be the text of a header'),
);

const Secrets = z.string().transform((text, context) => {
  const secrets = parseWebhookSecrets(text);
  if (secrets !== undefined && secrets.length > 0) return secrets;
  context.addIssue({ code: 'custom', message: 'must be whsec_ and base64 of 24 to 64 bytes' });
  return z.NEVER;
});

const description = z.string().max(1_000).optional();

const McpSource = z.strictObject({
  type: z.literal('mcp'),
  description,
  url: addressTemplate,
  /** Sent as `Authorization: Bearer`. */
  bearer: z.string().min(1).max(8_000).optional(),
  headers: HeaderTemplates.default({}),
  /** Whether what the server says of its tools' effects is believed. */
  trust_annotations: z.boolean().default(false),
  effects: z.record(z.string(), ToolEffect).default({}),
  /** Where a person is sent whose account the server asks for. */
  connect_url: addressTemplate.optional(),
});

const FunctionTool = z.strictObject({
  name: FunctionName,
  description: z.string().min(1).max(8_000),
  parameters: JsonObject.default({ type: 'object', properties: {} }),
  url: address,
  effect: ToolEffect.default('writes'),
  headers: HeaderTemplates.default({}),
  /** How long the result of a call is awaited that was answered 202. */
  result_seconds: z.int().min(1).max(2_592_000).default(604_800),
});

const FunctionSource = z.strictObject({
  type: z.literal('functions'),
  description,
  secret: Secrets,
  functions: z
    .array(FunctionTool)
    .min(1)
    .max(500)
    .superRefine((functions, context) => {
      const seen = new Set<string>();
      for (const [index, { name }] of functions.entries()) {
        if (seen.has(name)) {
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `${name} is there twice`,
          });
        }
        seen.add(name);
      }
    }),
});

export type McpSourceSettings = z.output<typeof McpSource>;
export type FunctionSourceSettings = z.output<typeof FunctionSource>;
export type FunctionToolSettings = z.output<typeof FunctionTool>;

/** The file of `TOOL_SOURCES`: connections by their names, and checks of outcomes. */
export const SourcesFile = z.strictObject({
  sources: z
    .record(ConnectionName, z.discriminatedUnion('type', [McpSource, FunctionSource]))
    .default({}),
  /** How calls are looked up of which nobody knows whether they happened. */
  checks: z.array(CheckSettings).max(500).default([]),
});

export type SourcesFile = z.output<typeof SourcesFile>;
export type ConfiguredSources = SourcesFile['sources'];

/** The origins of the pages on which people connect their accounts. */
export function sourceOrigins(sources: ConfiguredSources): string[] {
  const pages = Object.values(sources).flatMap((source) =>
    source.type === 'mcp' && source.connect_url !== undefined ? [source.connect_url] : [],
  );
  return [...new Set(pages.map((page) => new URL(page.replaceAll(/\{[a-z_]+\}/g, 'x')).origin))];
}

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources } from './read-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'pawl-sources-'));
const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

function read(text: string, environment: Record<string, string> = {}) {
  const path = join(folder, 'sources.yaml');
  writeFileSync(path, text);
  return readSources(path, environment);
}

test('a file in YAML names servers and functions, with secrets from the environment', () => {
  const text = `
sources:
  docs:
    type: mcp
    url: https://mcp.example/{tenant}/mcp
    bearer: \${DOCS_TOKEN}
    headers: { X-User: "{user}" }
  crm:
    type: functions
    secret: \${CRM_SECRET}
    functions:
      - name: find_customer
        description: Finds a customer.
        url: http://localhost:4000/find
        effect: reads
`;
  expect(read(text, { DOCS_TOKEN: 'token', CRM_SECRET: secret })).toEqual({
    sources: {
      docs: {
        type: 'mcp',
        url: 'https://mcp.example/{tenant}/mcp',
        bearer: 'token',
        headers: { 'X-User': '{user}' },
        trust_annotations: false,
        effects: {},
      },
      crm: {
        type: 'functions',
        secret: [secret],
        functions: [
          {
            name: 'find_customer',
            description: 'Finds a customer.',
            parameters: { type: 'object', properties: {} },
            url: 'http://localhost:4000/find',
            effect: 'reads',
            headers: {},
            result_seconds: 604_800,
          },
        ],
      },
    },
    checks: [],
  });
});

test('JSON is read as well', () => {
  const source = { type: 'mcp', url: 'https://mcp.example/mcp' };
  expect(read(JSON.stringify({ sources: { docs: source } }))).toMatchObject({
    sources: { docs: source },
  });
});

test('every problem is named at once, with its place and without a value', () => {
  const text = `
sources:
  docs: { type: mcp, url: "https://{user}.example/mcp", colour: red }
  bad name: { type: mcp, url: "https://mcp.example" }
  other: { type: smtp }
  crm:
    type: functions
    secret: hunter2
    functions:
      - { name: a b, description: x, url: "ftp://files" }
      - { name: same, description: x, url: "http://a/" }
      - { name: same, description: x, url: "http://b/", effect: maybe }
  web: { type: mcp, url: "\${WEB_URL}", bearer: "\${WEB_TOKEN}" }
`;
  const result = read(text);
  const problems = 'problems' in result ? result.problems : [];
  expect(problems).toEqual(
    expect.arrayContaining([
      'sources.web.url: the variable WEB_URL is not set',
      'sources.web.bearer: the variable WEB_TOKEN is not set',
      'sources.docs.url: must not have {user} or {tenant} in its host',
      'sources.docs.colour: is not a known field',
      'sources.bad name: must be a connection name such as gmail',
      'sources.other.type: must be mcp or functions',
      'sources.crm.secret: must be whsec_ and base64 of 24 to 64 bytes',
      'sources.crm.functions[0].name: must be letters, digits, _ and -, 64 at most',
      'sources.crm.functions[0].url: must be a URL that starts with http:// or https://',
      'sources.crm.functions[2].effect: must be one of reads, idempotent, writes',
    ]),
  );
  expect(problems.join()).not.toContain('hunter2');
  expect(problems).toHaveLength(10);
});

test.each([
  ['a file that is not there', undefined, 'ENOENT'],
  ['text that is no YAML', 'sources: [', 'Flow sequence'],
  ['another shape', 'tools: []', 'tools: is not a known field'],
])('%s is a problem', (_name, text, problem) => {
  const result = text === undefined ? readSources(join(folder, 'none'), {}) : read(text);
  expect('problems' in result ? result.problems.join('\n') : '').toContain(problem);
});

const check = (where: string) => `
checks:
  - tool: crm_create_note
    connection: crm
    look: { tool: crm_list_notes, arguments: { customer: "{/customer}" } }
    found: { in: /notes, where: [${where}] }
    absent_means_not_done: true
`;

test('a file names checks, alone or beside sources, and each mistake in one', () => {
  expect(read(check('{ at: /text, equals: "{/text}" }'))).toEqual({
    sources: {},
    checks: [
      {
        tool: 'crm_create_note',
        connection: 'crm',
        look: { tool: 'crm_list_notes', arguments: { customer: '{/customer}' } },
        found: { in: ['/notes'], where: [{ at: ['/text'], equals: '{/text}' }] },
        wait_seconds: 2,
        absent_means_not_done: true,
      },
    ],
  });
  const problems = (text: string) => {
    const result = read(text);
    return 'problems' in result ? result.problems.join('\n') : '';
  };
  expect(problems(check('{ at: /text }'))).toContain(
    'checks[0].found.where[0]: must have one of equals',
  );
  expect(problems(check('{ at: text, equals: 1 }'))).toContain('must be a JSON pointer');
  expect(problems('checks: [{ tool: a, found: {} }]')).toContain('checks[0].look: is required');
});

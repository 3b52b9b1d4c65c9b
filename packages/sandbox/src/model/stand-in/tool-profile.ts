import { createBoundedMap } from '../../server/bounded-map.ts';
import type { ChatTool } from '../chat-request.ts';
import { canonicalWord, contentWords } from './words.ts';

/** What the stand-in knows of a tool that it was given: only its name, description and schema. */
export type ToolProfile = {
  name: string;
  /** the words before the first underscore: `gmail` */
  connector: string;
  verbs: Set<string>;
  nouns: Set<string>;
  /** content words of the description */
  description: Set<string>;
  writes: boolean;
  properties: Record<string, { type?: unknown }>;
  required: string[];
  /** how many words its name has: of two tools that fit alike, the plainer is meant */
  nameLength: number;
};

const READING_VERBS = new Set(
  'get list fetch search find lookup read check compare query count show'.split(' '),
);

const WRITING_VERBS = new Set(
  (
    'add archive assign cancel close complete create delete disable dismiss dispatch edit enable end fork ' +
    'insert import invite join kick leave lock mark merge modify open pin ping post publish push remove rename ' +
    'replace reply request rerun revoke schedule send set share star start stop submit transfer trash unarchive ' +
    'unlock unpin unstar untrash update upload verify watch write'
  ).split(' '),
);

const CONNECTOR_NOUNS: Record<string, Record<string, string>> = {
  gmail: { message: 'mail', people: 'contact', user: 'contact' },
};

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** What a tool's name and description say, apart from its schema. */
type Wording = Omit<ToolProfile, 'properties' | 'required'>;

/** Clients send the same tools with every request. */
const wordings = createBoundedMap<Wording>(2_000);

function isVerb(word: string): boolean {
  return READING_VERBS.has(word) || WRITING_VERBS.has(word);
}

function readWording(name: string, description: string): Wording {
  const parts = name.split(/[_-]/).filter(Boolean);
  const [connector = ''] = parts;
  const words = contentWords(parts.slice(parts.length > 1 ? 1 : 0).join(' '));
  const lastVerb = words.findLastIndex(isVerb);
  const verbs = words.filter((word, index) => isVerb(word) && (index === 0 || index === lastVerb));
  if (connector && isVerb(connector)) verbs.push(connector);
  // `contentWords` leaves `get` out as a stop word.
  if (parts.includes('get')) verbs.push('get');
  const renamed = CONNECTOR_NOUNS[connector] ?? {};
  const nouns = words.filter((word) => !verbs.includes(word)).map((word) => renamed[word] ?? word);
  const reads = verbs.some((verb) => READING_VERBS.has(verb));
  return {
    name,
    connector: canonicalWord(connector),
    verbs: new Set(verbs),
    nouns: new Set(nouns),
    description: new Set(contentWords(description)),
    writes: !reads || (words[0] !== undefined && WRITING_VERBS.has(words[0])),
    nameLength: parts.length,
  };
}

/** Reads a tool's name: which of its words act, and which name what it acts on. */
export function profileTool(tool: ChatTool): ToolProfile {
  const { name, description = '', parameters = {} } = tool.function;
  const key = `${name}\n${description}`;
  const wording = wordings.get(key) ?? readWording(name, description);
  wordings.set(key, wording);
  const properties = asRecord(parameters['properties']) as ToolProfile['properties'];
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  return { ...wording, properties, required: required.filter((each) => each in properties) };
}

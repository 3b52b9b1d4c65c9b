import {
  channelIn,
  emailsIn,
  itemNumberIn,
  phrase,
  repositoriesIn,
  withoutSpeech,
} from './phrases.ts';
import { contentWords, listOf, mentions, vocabulary, wordsOf } from './words.ts';

/** What one clause of a prompt asks for, before a tool is chosen. */
export interface Instruction {
  readonly text: string;
  /** Verbs that a fitting tool's name may have, the best first. */
  readonly verbs: readonly string[];
  readonly nouns: readonly string[];
  readonly writes: boolean;
  readonly connector: string | undefined;
  /** Whether it speaks of something that came before: it, them, the first one. */
  readonly refersBack: boolean;
}

const polite = listOf('polite');
const questions = listOf('questions');
/** "list the issues and pull requests of x", "the issues of x and y": one clause for each. */
function splitList(clause: string): string[] {
  const found = phrase('listEnd').exec(clause);
  if (found === null) return [clause];
  const left = clause.slice(0, found.index);
  const right = clause.slice(found.index + found[0].length);
  const next = phrase('nextPlace').exec(right)?.[0];
  const previous = left.match(phrase('anyPlace'))?.at(-1);
  if (next !== undefined && previous?.startsWith('#') === next.includes('#')) {
    return [left, ...splitList(left.replace(previous ?? '', () => right))];
  }
  const thing = phrase('firstThing').exec(left);
  if (thing === null || actionOf(left)?.writes) return [clause];
  return [left, ...splitList(`${left.slice(0, thing.index).trim()} ${right}`)];
}

/** The clauses of a prompt, each with at most one action, in their order. */
export function splitPrompt(prompt: string): string[] {
  const payloads: string[] = [];
  const masked = prompt.replace(
    phrase('handedOn'),
    (text) => `\u{E000}${payloads.push(text) - 1}\u{E001}`,
  );
  return masked
    .replace(phrase('placeFirst'), '$2 $1')
    .split(phrase('clauseEnd'))
    .flatMap(splitList)
    .map((clause) =>
      clause
        .replace(/\u{E000}(\d+)\u{E001}/gu, (_all, index: string) => payloads[Number(index)] ?? '')
        .trim(),
    )
    .filter((clause) => /[\p{L}\p{N}]/u.test(clause));
}

/** What tells a clause's action and tool. */
function headOf(text: string): string {
  return withoutSpeech(text.replace(phrase('quotation'), ' '))
    .replace(phrase('mine'), '$1 assigned to me')
    .replace(phrase('pullRequest'), 'pr');
}

/** What the first word of a clause does; a question only reads. */
function actionOf(head: string) {
  const words = wordsOf(head);
  const start = words.findIndex((word) => questions.includes(word) || !polite.includes(word));
  const [first = '', second = ''] = words.slice(Math.max(start, 0));
  const known = [...(questions.includes(first) ? [] : vocabulary.writing), ...vocabulary.reading];
  const found = known.find(
    (action) =>
      (action.say === undefined || action.say.split(' ').includes(first)) &&
      (action.with === undefined || mentions(head, action.with)) &&
      (emailsIn(head).length > 0 || !action.not?.split(' ').includes(second)),
  );
  if (found === undefined && !questions.includes(first)) return undefined;
  const { verbs = 'list fetch get', nouns } = found ?? {};
  const writes = found !== undefined && vocabulary.writing.includes(found);
  return { writes, verbs: (verbs || first).split(' '), nouns: nouns?.split(' ') ?? [] };
}

function connectorOf(head: string): string | undefined {
  if (channelIn(head) !== undefined) return 'slack';
  if (repositoriesIn(head).length > 0) return 'github';
  const named = Object.entries(vocabulary.connectors).find(([, words]) => mentions(head, words));
  return named?.[0] ?? (emailsIn(head).length > 0 ? 'gmail' : undefined);
}

/** What a clause is about without saying so. */
function impliedNouns(head: string, writes: boolean, connector: string | undefined): string[] {
  if (connector === 'gmail') return ['mail'];
  if (connector === 'github') return mentions(head, 'my') ? ['user'] : [];
  if (connector !== 'slack') return [];
  const inChannel = channelIn(head) === undefined ? [] : ['channel'];
  const isTalk = writes || mentions(head, 'say said talk talked happened');
  if (!isTalk && mentions(head, vocabulary.words['people'] ?? '')) return ['user', ...inChannel];
  if (inChannel.length > 0)
    return writes ? ['message', 'channel'] : ['message', 'channel', 'history'];
  return mentions(head, 'channels file files emoji') ? [] : ['message'];
}

/** Reads one clause; undefined where it names neither an action nor a thing. */
export function readInstruction(text: string): Instruction | undefined {
  const head = headOf(text);
  const action = actionOf(head);
  const connector = connectorOf(head);
  if (action === undefined && connector === undefined) return undefined;
  const { writes = false, verbs = ['list', 'fetch', 'get'], nouns = [] } = action ?? {};
  const implied = impliedNouns(head, writes, connector);
  return {
    text,
    verbs: !writes && itemNumberIn(head) !== undefined ? ['get', 'list'] : verbs,
    writes,
    nouns: [...new Set([...contentWords(head), ...nouns, ...implied])],
    connector,
    refersBack: phrase('backward').test(head),
  };
}

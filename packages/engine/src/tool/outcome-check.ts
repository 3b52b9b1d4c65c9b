import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '@pawl/contracts';

/**
 * How to see whether a call of a writing tool happened: what a reading tool shows, and what in it proves the call. In
 * texts, `{/to}` stands for an argument of the call by its JSON pointer, `{since}` for the time at which the call was
 * made, `{since.seconds}` for the same in seconds since 1970. Nothing is evaluated.
 */
export interface OutcomeCheck {
  readonly tool: string;
  /** Absent: whatever the connection. */
  readonly connection?: string | undefined;
  readonly look: { readonly tool: string; readonly arguments: JsonObject };
  readonly found: {
    /** Where the answer has its list, or the one thing that is looked at. The first that there is counts. */
    readonly in: readonly string[];
    /** All of them hold of the same thing. */
    readonly where: readonly Condition[];
  };
  readonly wait_seconds: number;
  readonly absent_means_not_done: boolean;
}

export interface Condition {
  /** JSON pointers in the thing that is looked at, `*` for each of a list. The first that there is counts. */
  readonly at: readonly string[];
  readonly equals?: Json | undefined;
  readonly contains?: Json | undefined;
  /** One text begins with the other: providers shorten what they show. */
  readonly begins_like?: Json | undefined;
  /** The list has all of these. */
  readonly includes?: Json | undefined;
  /** The list has none of these. */
  readonly excludes?: Json | undefined;
  /** It is a time, and not before the call. */
  readonly since_call?: true | undefined;
  /** Holds where the call has no such argument. */
  readonly optional?: boolean | undefined;
}

export interface CheckedCall {
  readonly arguments: JsonObject;
  /** When the call was made, in milliseconds. */
  readonly after: number;
}

/** The arguments with which the reading tool is called; what the call has no argument for is left out. */
export function lookUp(check: OutcomeCheck, call: CheckedCall): JsonObject {
  const filled = fill(check.look.arguments, call);
  return filled as JsonObject;
}

export interface Proof {
  /** The things that prove the call, as they were shown. */
  readonly matches: readonly Json[];
  /** How many things were looked at. */
  readonly seen: number;
}

/** What in the reading tool's answer proves that the call happened. */
export function proofIn(check: OutcomeCheck, call: CheckedCall, answer: Json): Proof {
  const found = check.found.in
    .map((pointer) => valuesAt(answer, pointer)[0])
    .find((value) => value !== undefined);
  const things = Array.isArray(found) ? found : found === undefined ? [] : [found];
  const matches = things.filter((thing) =>
    check.found.where.every((condition) => holds(condition, thing, call)),
  );
  return { matches, seen: things.length };
}

function holds(condition: Condition, thing: Json, call: CheckedCall): boolean {
  const shown = condition.at
    .map((pointer) => valuesAt(thing, pointer))
    .find((values) => values.length > 0);
  const compare = (wanted: Json, compared: (shown: readonly Json[], filled: Json) => boolean) => {
    const filled = fill(wanted, call);
    if (filled === undefined) return condition.optional === true;
    return shown !== undefined && compared(shown, filled);
  };
  const { equals, contains, begins_like: start, includes, excludes } = condition;
  return (
    (condition.since_call !== true || (shown ?? []).some((value) => isSince(value, call.after))) &&
    (equals === undefined ||
      compare(equals, (values, wanted) => values.some((value) => isSame(value, wanted)))) &&
    (contains === undefined ||
      compare(contains, (values, wanted) =>
        values.some((value) => textOf(value).toLowerCase().includes(textOf(wanted).toLowerCase())),
      )) &&
    (start === undefined ||
      compare(start, (values, wanted) => values.some((value) => beginsLike(value, wanted)))) &&
    (includes === undefined ||
      compare(includes, (values, wanted) =>
        listOf(wanted).every((each) => values.flatMap(listOf).some((one) => isSame(one, each))),
      )) &&
    (excludes === undefined ||
      compare(excludes, (values, wanted) =>
        listOf(wanted).every((each) => !values.flatMap(listOf).some((one) => isSame(one, each))),
      ))
  );
}

const placeholder = /\{(\/[^{}]*|since|since\.seconds)\}/g;

/** Undefined where an argument is missing that it is made of. */
function fill(template: Json, call: CheckedCall): Json | undefined {
  if (Array.isArray(template)) {
    const filled = template.map((each) => fill(each, call));
    return filled.filter((each) => each !== undefined);
  }
  if (typeof template === 'object' && template !== null) {
    const entries = Object.entries(template).flatMap(([name, each]) => {
      const filled = fill(each, call);
      return filled === undefined ? [] : [[name, filled] as const];
    });
    return Object.fromEntries(entries);
  }
  if (typeof template !== 'string') return template;
  const [whole] = [...template.matchAll(placeholder)];
  if (whole?.[0] === template) return valueOf(whole[1] ?? '', call);
  let isMissing = false;
  const text = template.replaceAll(placeholder, (_all, name: string) => {
    const value = valueOf(name, call);
    if (value === undefined) isMissing = true;
    return value === undefined ? '' : textOf(value);
  });
  return isMissing ? undefined : text;
}

function valueOf(name: string, call: CheckedCall): Json | undefined {
  if (name === 'since') return new Date(call.after).toISOString();
  if (name === 'since.seconds') return String(Math.floor(call.after / 1_000));
  return valuesAt(call.arguments, name)[0];
}

/** The values at a JSON pointer (RFC 6901), in which `*` stands for each of a list. */
function valuesAt(value: Json, pointer: string): Json[] {
  const names = pointer.split('/').slice(1);
  return names.reduce<Json[]>(
    (values, escaped) => {
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      return values.flatMap((each) => {
        if (Array.isArray(each)) return name === '*' ? each : (each[Number(name)] ?? []);
        if (typeof each !== 'object' || each === null || !Object.hasOwn(each, name)) return [];
        const inner = each[name];
        // A list is one value here, unless it is spread by `*`.
        return inner === undefined ? [] : [inner];
      });
    },
    [value],
  );
}

function listOf(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}

/** As text with single blanks: providers change line ends and blanks. */
function textOf(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/\s+/g, ' ').trim();
}

function isSame(one: Json, other: Json): boolean {
  return isDeepStrictEqual(one, other) || textOf(one) === textOf(other);
}

function beginsLike(value: Json, wanted: Json): boolean {
  const [shown, whole] = [textOf(value), textOf(wanted)];
  if (shown === '' || whole === '') return shown === whole;
  return whole.startsWith(shown) || shown.startsWith(whole);
}

/** Providers round times down to seconds. */
function isSince(value: Json, after: number): boolean {
  const time = timeOf(value);
  return time !== undefined && time >= Math.floor(after / 1_000) * 1_000;
}

/** Milliseconds: of a date, or of seconds or milliseconds since 1970. */
function timeOf(value: Json): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && value !== '') return number > 1e11 ? number : number * 1_000;
  const time = Date.parse(String(value));
  return Number.isNaN(time) ? undefined : time;
}

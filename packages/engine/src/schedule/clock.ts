import { IANAZone } from 'luxon';

/**
 * A change of a zone's clocks, or none where `before` is `after`. `at` is the first moment of the new offset; offsets
 * are local time minus UTC. All in milliseconds.
 */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const [second, minute] = [1_000, 60_000];

/** Spellings whose names are remembered: more than anybody uses, and less than anybody can fill memory with. */
const mostSpellings = 1_000;
const namesOfSpellings = new Map<string, string>();

export function isTimezone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && nameOfZone(name) !== undefined;
}

/**
 * The one name of a zone, however it is spelled (`europe/BERLIN`); undefined where this machine knows none such. What
 * luxon is asked for it keeps for good, so it is asked for these names alone: there are some hundreds.
 */
function nameOfZone(spelling: string): string | undefined {
  const known = namesOfSpellings.get(spelling);
  if (known !== undefined) return known;
  const name = canonicalName(spelling);
  if (name === undefined) return undefined;
  if (namesOfSpellings.size >= mostSpellings) namesOfSpellings.clear();
  namesOfSpellings.set(spelling, name);
  return name;
}

function canonicalName(spelling: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: spelling }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/**
 * How the clocks of a zone change after one time, up to and including another. Since 1970 no zone has changed twice
 * within six days, so up to these one change is all there can be; and none in the middle of a second.
 *
 * @throws RangeError where this machine does not know the zone.
 */
export function clockChange(timezone: string, from: number, to: number): ClockChange {
  const name = nameOfZone(timezone);
  if (name === undefined) throw new RangeError(`This machine knows no time zone ${timezone}`);
  const zone = IANAZone.create(name);
  const offset = (time: number) => Math.round(zone.offset(time) * minute);
  const [before, after] = [offset(from), offset(to)];
  if (before === after) return { at: from, before, after };
  let [old, at] = [Math.floor(from / second), Math.ceil(to / second)];
  while (at - old > 1) {
    const middle = Math.floor((old + at) / 2);
    if (offset(middle * second) === before) old = middle;
    else at = middle;
  }
  return { at: at * second, before, after };
}

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { clockChange, isTimezone } from './clock.ts';

const day = 86_400_000;
const march = Date.UTC(2026, 2, 29);

/** Every way to write it in upper and lower case, so many of them. */
function spellings(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) =>
    Array.from(name)
      .map((letter, place) => ((number >> place) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
      .join(''),
  );
}

test('a zone is the same however it is spelled', () => {
  const berlin = clockChange('Europe/Berlin', march - day, march + day);
  expect(berlin.after - berlin.before).toBe(3_600_000);
  for (const spelling of ['europe/berlin', 'EUROPE/BERLIN', 'eUrOpE/bErLiN']) {
    expect(isTimezone(spelling)).toBe(true);
    expect(clockChange(spelling, march - day, march + day)).toEqual(berlin);
  }
  expect(clockChange('Asia/Kolkata', 0, day)).toEqual(clockChange('Asia/Calcutta', 0, day));
});

test.each(['Europe/Nowhere', '', '+02:00', 'x'.repeat(64)])('%j is no zone', (name) => {
  expect(isTimezone(name)).toBe(false);
});

test('thousands of spellings of one zone leave no clock behind in memory, known or not', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const Original = Intl.DateTimeFormat;
  const made: WeakRef<object>[] = [];
  class Counted extends Original {
    constructor(...parameters: ConstructorParameters<typeof Original>) {
      super(...parameters);
      made.push(new WeakRef(this));
    }
  }
  Intl.DateTimeFormat = Counted as typeof Original;
  try {
    for (const spelling of spellings('america/argentina/buenos_aires', 3_000)) {
      clockChange(spelling, 0, day);
      isTimezone(`${spelling}x`);
    }
  } finally {
    Intl.DateTimeFormat = Original;
  }
  // What a job of the event loop has looked at is not collected before its end.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(made.length).toBeGreaterThan(1_000);
  expect(made.filter((format) => format.deref() !== undefined).length).toBeLessThan(10);
});

/** Times are milliseconds since 1970; `on` is what the process's monotonic clock showed then, in milliseconds. */
export interface Instant {
  readonly at: number;
  readonly on: number;
}

/** A time that somebody else told. Its error is half of `span`: how long the answer took. */
export interface ToldTime extends Instant {
  readonly span: number;
}

export interface SteadyClock {
  /** Whole milliseconds; never less than it has said before, unless it was set back far. */
  read(on: number): number;
  /** Answers by how much it was wrong, in milliseconds: more than 0 where it was behind. 0: by no more than the error. */
  set(told: ToldTime): number;
}

/** A clock that is set back by less stands still until the time has come up with it, in milliseconds. */
const standStill = 10_000;

/** Counts on from what it was last told with the process's monotonic clock. */
export function createSteadyClock(first: Instant): SteadyClock {
  let base = first;
  let last = -Infinity;
  const timeOn = (on: number) => base.at + on - base.on;
  return {
    read(on) {
      last = Math.max(last, Math.floor(timeOn(on)));
      return last;
    },
    set({ at, on, span }) {
      const step = at - timeOn(on);
      if (Math.abs(step) <= span / 2 + 1) return 0;
      base = { at, on };
      if (step < -standStill) last = -Infinity;
      return step;
    },
  };
}

import type { Place } from './place.ts';

/** One way to make one alert fire. */
export interface Trial {
  readonly alert: string;
  /** What is broken, in words. */
  readonly broken: string;
  /** Breaks it; the function that it returns mends it. */
  breakIt(place: Place): Promise<() => Promise<void>>;
}

import type { Page } from 'playwright-core';
export interface Scrolled {
  readonly rows: number;
  readonly seconds: number;
  /** The longest time between two frames, in milliseconds. */
  readonly longestFrame: number;
  readonly elements: number;
}
/** Turns the wheel over the list of jobs until its end is reached: page after page is read on the way. */
export declare function scrollToEnd(page: Page): Promise<Scrolled>;

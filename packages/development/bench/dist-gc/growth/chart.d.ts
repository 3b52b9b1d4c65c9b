/** How a cost grows: points from left to right. */
export interface Curve {
  readonly title: string;
  /** What stands under the points. */
  readonly axis: string;
  readonly unit: string;
  readonly points: readonly {
    readonly at: string;
    readonly value: number;
  }[];
}
/** The curves as one SVG, two beside each other; each from zero, so that what is flat looks flat. */
export declare function chartOf(curves: readonly Curve[]): string;

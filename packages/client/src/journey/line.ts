/** How a line looks on a terminal with colours. */
export type LineStyle = 'plain' | 'strong' | 'dim' | 'link' | 'success' | 'failure';

/** One piece of the journey as a person reads it. The text may hold line breaks. */
export interface Line {
  readonly style: LineStyle;
  readonly text: string;
}

export function line(text: string, style: LineStyle = 'plain'): Line {
  return { style, text };
}

export const blank: Line = line('');

import { styleText } from 'node:util';
import ora from 'ora';
import { elapsed, type Line, type LineStyle, plainText, singleLine } from './lines.ts';

/** Where the journey is shown. `isTTY` decides whether anything but plain lines is written. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  columns?: number;
  hasColors?(): boolean;
};

export interface Reporter {
  print(lines: readonly Line[]): void;
  /** Says what is being done now, until the next call. Nothing of it stays. */
  progress(text: string): void;
  /** Takes the progress line away. */
  stop(): void;
}

/** Whole lines and nothing else: for pipes, files and terminals that cannot move their cursor. */
export function plainReporter(output: Output): Reporter {
  return {
    print: (lines) => lines.forEach(({ text }) => output.write(`${plainText(text)}\n`)),
    progress: () => undefined,
    stop: () => undefined,
  };
}

const FORMATS: Readonly<Record<LineStyle, Parameters<typeof styleText>[0] | undefined>> = {
  plain: undefined,
  strong: 'bold',
  dim: 'dim',
  link: 'underline',
  success: 'green',
  failure: 'red',
};

/** Lines above a spinner that shows the current step and the time since the reporter was made. */
export function terminalReporter(output: Output, now: () => number): Reporter {
  const startedAt = now();
  const releaseWidth = ensureWidth(output);
  const hasColors = output.hasColors?.() ?? false;
  const spinner = ora({
    stream: output,
    isEnabled: true,
    // Raw mode would keep Ctrl-C from the process group.
    discardStdin: false,
    color: hasColors ? 'cyan' : false,
    suffixText: () => `(${elapsed(now() - startedAt)})`,
  });
  return {
    print: (lines) => {
      const wasSpinning = spinner.isSpinning;
      spinner.stop();
      for (const line of lines) output.write(`${styled(line, hasColors)}\n`);
      if (wasSpinning) spinner.start();
    },
    progress: (text) => {
      spinner.text = singleLine(text);
      spinner.start();
    },
    stop: () => {
      spinner.stop();
      releaseWidth();
    },
  };
}

const STANDARD_COLUMNS = 80;

/** A pseudo-terminal without a window has 0 columns (under `script`, in a container), and ora divides by them. */
function ensureWidth(output: Output): () => void {
  const widen = () => {
    output.columns ||= STANDARD_COLUMNS;
  };
  widen();
  output.on('resize', widen);
  return () => output.off('resize', widen);
}

/** A line as it is written: with its style where there are colours. */
export function styled({ style, text }: Line, hasColors: boolean): string {
  const format = FORMATS[style];
  const plain = plainText(text);
  if (!hasColors || format === undefined || plain === '') return plain;
  return styleText(format, plain, { validateStream: false });
}

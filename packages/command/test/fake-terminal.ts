import { clearLine, cursorTo, moveCursor } from 'node:readline';
import { Writable } from 'node:stream';

const ESCAPE = String.fromCodePoint(0x1b);
/** A control sequence with its number and its letter, or any one character. */
const TOKENS = new RegExp(`${ESCAPE}\\[[?]?(\\d*)(?:;\\d+)*([A-Za-z])|[^]`, 'gu');

/** What was written to a stream that is no terminal. */
export class Recording extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A terminal that shows what a person would see. */
export class FakeTerminal extends Recording {
  readonly isTTY = true;
  columns: number;
  readonly #hasColors: boolean;

  constructor(settings: { hasColors: boolean; columns?: number }) {
    super();
    this.#hasColors = settings.hasColors;
    this.columns = settings.columns ?? 80;
  }

  hasColors(): boolean {
    return this.#hasColors;
  }
  cursorTo(column: number): boolean {
    return cursorTo(this, column);
  }
  moveCursor(columns: number, rows: number): boolean {
    return moveCursor(this, columns, rows);
  }
  clearLine(direction: -1 | 0 | 1): boolean {
    return clearLine(this, direction);
  }

  /** The lines on the screen after everything that was written. */
  screen(): string[] {
    const rows: string[] = [''];
    let row = 0;
    let column = 0;
    for (const [token, count, action] of this.text.matchAll(TOKENS)) {
      const line = rows[row] ?? '';
      if (action === 'G') column = Number(count) - 1;
      else if (action === 'A') row -= Number(count);
      else if (action === 'K') rows[row] = line.slice(0, column);
      else if (token === '\n') {
        row += 1;
        column = 0;
        rows[row] ??= '';
      } else if (action === undefined) {
        rows[row] = line.slice(0, column) + token + line.slice(column + 1);
        column += 1;
      }
    }
    return rows;
  }
}

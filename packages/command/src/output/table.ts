import Table from 'cli-table3';
import { type Line, line, singleLine } from '../journey/lines.ts';

/** Characters. What is longer is cut: `--json` has all of it. */
const widestCell = 60;

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((name) => [name, '']),
);

/** Items in columns, with their headings above: one line each, whatever the values hold. */
export function tableLines<Item>(
  items: readonly Item[],
  columns: Readonly<Record<string, (item: Item) => unknown>>,
): Line[] {
  const table = new Table({
    head: Object.keys(columns),
    chars: { ...noBorders, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const item of items) {
    table.push(Object.values(columns).map((read) => cell(read(item))));
  }
  const [head = '', ...rows] = table.toString().split('\n');
  return [line(head.trimEnd(), 'dim'), ...rows.map((row) => line(row.trimEnd()))];
}

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-';
  const text = singleLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length <= widestCell ? text : `${text.slice(0, widestCell - 1)}…`;
}

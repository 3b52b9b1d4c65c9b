/** How a cost grows: points from left to right. */
export interface Curve {
  readonly title: string;
  /** What stands under the points. */
  readonly axis: string;
  readonly unit: string;
  readonly points: readonly Point[];
  /** The least that it can be, at the same places. */
  readonly least?: { readonly name: string; readonly points: readonly Point[] };
}

interface Point {
  readonly at: string;
  readonly value: number;
}

const [width, height] = [360, 220];
const margin = { left: 46, right: 14, top: 34, bottom: 40 };

/** The curves as one SVG, two beside each other; each from zero, so that what is flat looks flat. */
export function chartOf(curves: readonly Curve[]): string {
  const rows = Math.ceil(curves.length / 2);
  const panels = curves.map((curve, place) => {
    const [x, y] = [(place % 2) * width, Math.floor(place / 2) * height];
    return `<g transform="translate(${x} ${y})">${panelOf(curve)}</g>`;
  });
  const size = `width="${2 * width}" height="${rows * height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11" fill="#444">`,
    `<rect ${size} fill="#fff"/>`,
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function panelOf({ title, axis, unit, points, least }: Curve): string {
  const all = [...points, ...(least?.points ?? [])];
  const top = Math.max(...all.map(({ value }) => value), Number.MIN_VALUE) * 1.15;
  const inner = { x: width - margin.left - margin.right, y: height - margin.top - margin.bottom };
  const xOf = (place: number) => tenth(margin.left + (inner.x * (place + 0.5)) / points.length);
  const yOf = (value: number) => tenth(margin.top + inner.y * (1 - value / top));
  const lineOf = (values: readonly Point[]) =>
    values.map(({ value }, place) => `${xOf(place)},${yOf(value)}`).join(' ');
  const base = margin.top + inner.y;
  return [
    `<text x="${margin.left}" y="16" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${margin.left}" y="29" fill="#777">${escaped(unit)}</text>`,
    `<path d="M${margin.left} ${margin.top}V${base}H${width - margin.right}" fill="none" stroke="#bbb"/>`,
    `<text x="${margin.left - 6}" y="${base}" text-anchor="end">0</text>`,
    ...(least === undefined
      ? []
      : [
          `<polyline points="${lineOf(least.points)}" fill="none" stroke="#999" stroke-dasharray="4 3"/>`,
          `<text x="${width - margin.right}" y="${base - 6}" text-anchor="end" fill="#777">- - ${escaped(least.name)}</text>`,
        ]),
    `<polyline points="${lineOf(points)}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    ...points.map(({ at, value }, place) => {
      const [x, y] = [xOf(place), yOf(value)];
      return (
        `<circle cx="${x}" cy="${y}" r="3" fill="#2563eb"/>` +
        `<text x="${x}" y="${y - 8}" text-anchor="middle">${value.toPrecision(3)}</text>` +
        `<text x="${x}" y="${base + 15}" text-anchor="middle">${escaped(at)}</text>`
      );
    }),
    `<text x="${margin.left + inner.x / 2}" y="${height - 8}" text-anchor="middle" fill="#777">${escaped(axis)}</text>`,
  ].join('\n');
}

/** A curve as one line of text, and the least that it can be as another. */
export function linesOf({ title, unit, points, least }: Curve): string[] {
  const first = `${title} (${unit}): ${listed(points)}`;
  return least === undefined ? [first] : [first, `  ${least.name}: ${listed(least.points)}`];
}

function listed(points: readonly Point[]): string {
  return points.map(({ at, value }) => `${at}: ${value.toPrecision(3)}`).join(', ');
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

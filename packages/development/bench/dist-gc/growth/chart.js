const [width, height] = [360, 220];
const margin = { left: 46, right: 14, top: 34, bottom: 40 };
/** The curves as one SVG, two beside each other; each from zero, so that what is flat looks flat. */
export function chartOf(curves) {
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
function panelOf({ title, axis, unit, points }) {
  const top = Math.max(...points.map(({ value }) => value), Number.MIN_VALUE) * 1.15;
  const inner = { x: width - margin.left - margin.right, y: height - margin.top - margin.bottom };
  const xOf = (place) => margin.left + (inner.x * (place + 0.5)) / points.length;
  const yOf = (value) => margin.top + inner.y * (1 - value / top);
  const line = points.map(({ value }, place) => `${tenth(xOf(place))},${tenth(yOf(value))}`);
  const base = margin.top + inner.y;
  return [
    `<text x="${margin.left}" y="16" font-weight="bold">${escaped(title)}</text>`,
    `<text x="${margin.left}" y="29" fill="#777">${escaped(unit)}</text>`,
    `<path d="M${margin.left} ${margin.top}V${base}H${width - margin.right}" fill="none" stroke="#bbb"/>`,
    `<text x="${margin.left - 6}" y="${base}" text-anchor="end">0</text>`,
    `<polyline points="${line.join(' ')}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    ...points.map(({ at, value }, place) => {
      const [x, y] = [tenth(xOf(place)), tenth(yOf(value))];
      return (
        `<circle cx="${x}" cy="${y}" r="3" fill="#2563eb"/>` +
        `<text x="${x}" y="${y - 8}" text-anchor="middle">${value.toPrecision(3)}</text>` +
        `<text x="${x}" y="${base + 15}" text-anchor="middle">${escaped(at)}</text>`
      );
    }),
    `<text x="${margin.left + inner.x / 2}" y="${height - 8}" text-anchor="middle" fill="#777">${escaped(axis)}</text>`,
  ].join('\n');
}
function tenth(value) {
  return Math.round(value * 10) / 10;
}
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
//# sourceMappingURL=chart.js.map

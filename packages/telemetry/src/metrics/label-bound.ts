/** What stands in for the values of a label beyond the most that it may have. */
const others = 'other';

/** Characters that one has at most. */
const longest = 200;

/**
 * Bounds how many values each label takes: every one is a series of its own, for Prometheus and for this process, and
 * names of tools and models come from outside. The first ones keep their names.
 */
export function createLabelBound(most: number): (label: string, value: string) => string {
  const known = new Map<string, Set<string>>();
  return (label, text) => {
    const value = text.slice(0, longest);
    const values = known.get(label) ?? new Set();
    known.set(label, values);
    if (values.has(value)) return value;
    if (values.size >= most) return others;
    values.add(value);
    return value;
  };
}

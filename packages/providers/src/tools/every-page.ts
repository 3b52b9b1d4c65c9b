/** An answer that is well-formed but can't be right. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

const mostPages = 200;

/** Reads a list to its end. Throws `InvalidAnswer` on one that has none. */
export async function everyPage<Item>(
  read: (pageToken: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  for (let token: string | undefined; ;) {
    const page = await read(token);
    items.push(...page.items);
    token = page.nextPageToken;
    if (token === '') return items;
    if (seen.has(token) || seen.size >= mostPages) {
      throw new InvalidAnswer('a list has pages without end');
    }
    seen.add(token);
  }
}

/** An answer that is well-formed but can't be right. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer';
}

/** A list is longer than one that could be used. */
export class ListTooLarge extends Error {
  override readonly name = 'ListTooLarge';
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
}

const mostPages = 200;
const mostItems = 5_000;
/** Characters of JSON of all items. */
const mostCharacters = 16_000_000;

/**
 * Reads a list to its end. The items are JSON.
 *
 * @throws InvalidAnswer on a list that has no end, ListTooLarge on one that is too long.
 */
export async function everyPage<Item>(
  read: (pageToken: string | undefined) => Promise<Page<Item>>,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let characters = 0;
  for (let token: string | undefined; ;) {
    const page = await read(token);
    for (const item of page.items) items.push(item);
    characters += page.items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
    if (characters > mostCharacters || items.length > mostItems) {
      throw new ListTooLarge(
        `a list has more than ${mostItems} items or ${mostCharacters} characters`,
      );
    }
    token = page.nextPageToken;
    if (token === '') return items;
    if (seen.has(token) || seen.size >= mostPages) {
      throw new InvalidAnswer('a list has pages without end');
    }
    seen.add(token);
  }
}

import { expect, it } from 'vitest';
import { everyPage, InvalidAnswer } from './every-page.ts';

it('reads every page, in order', async () => {
  const pages: Record<string, { items: number[]; nextPageToken: string }> = {
    first: { items: [1, 2], nextPageToken: 'b' },
    b: { items: [], nextPageToken: 'c' },
    c: { items: [3], nextPageToken: '' },
  };
  const read = (token = 'first') =>
    Promise.resolve(pages[token] ?? { items: [], nextPageToken: '' });
  expect(await everyPage(read)).toEqual([1, 2, 3]);
});

it('refuses a list that turns in a circle', async () => {
  const page = { items: [1], nextPageToken: 'again' };
  await expect(everyPage(() => Promise.resolve(page))).rejects.toThrow(InvalidAnswer);
});

it('refuses a list that never ends', async () => {
  let count = 0;
  const read = () => Promise.resolve({ items: [1], nextPageToken: String((count += 1)) });
  await expect(everyPage(read)).rejects.toThrow(InvalidAnswer);
});

import type { Locator, Page } from 'playwright-core';

/** A page, or a part of it. */
type Place = Page | Locator;
type Role = Parameters<Page['getByRole']>[0];
type RoleOptions = Omit<NonNullable<Parameters<Page['getByRole']>[1]>, 'name' | 'exact'>;

/**
 * What is found by the whole of its name, its label or its text. Playwright by itself takes a part of it, in any case of
 * letters: then a test that waits for the answer "Twice." finds the prompt that asks for it. For a part give a pattern.
 */
export const byRole = (place: Place, role: Role, name?: string | RegExp, options?: RoleOptions) =>
  place.getByRole(role, { ...options, ...(name !== undefined && { name, exact: true }) });

export const byLabel = (place: Place, label: string | RegExp) =>
  place.getByLabel(label, { exact: true });

export const byText = (place: Place, text: string | RegExp) =>
  place.getByText(text, { exact: true });

/** The row of a table in which this text stands by itself. */
export const rowOf = (page: Page, text: string) =>
  byRole(page, 'row').filter({ has: byText(page, text) });

/** What the console says for a few seconds at the edge of the page. */
export const message = (page: Page, text: string) => byText(byRole(page, 'log', 'Messages'), text);

/** The call of this user in the inbox's list. */
export const entryOf = (page: Page, user: string) =>
  byRole(byRole(page, 'list', 'Waiting for a decision'), 'button').filter({
    has: byText(page, user),
  });

/** What was said in a turn of a job, as it was stored: not what is just being written, nor the prompt. */
export const turn = (place: Place, number: number) =>
  byRole(place, 'listitem').filter({ has: byRole(pageOf(place), 'link', `Turn ${number}`) });

function pageOf(place: Place): Page {
  return 'page' in place ? place.page() : place;
}

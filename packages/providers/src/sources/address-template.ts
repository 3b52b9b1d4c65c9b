/** For whom a call is made. */
export interface Caller {
  readonly tenant: string;
  readonly user: string;
}

/** Other members of a template, such as a page to come back to. */
export type TemplateValues = Readonly<Record<string, string>>;

/** The user has a name that would change which path the address names. */
export class UnusableAddress extends Error {
  override readonly name = 'UnusableAddress';
}

const placeholders = /\{([a-z_]+)\}/g;
const known = new Set(['user', 'tenant', 'return_url']);

/** What is wrong with the template of an address; undefined where it can be used. */
export function templateProblem(template: string): string | undefined {
  const unknown = [...template.matchAll(placeholders)].find(([, name = '']) => !known.has(name));
  if (unknown !== undefined) return `${unknown[0]} is not known: {user} and {tenant} are`;
  const plain = template.replaceAll(placeholders, 'x');
  if (!URL.canParse(plain) || !/^https?:$/.test(new URL(plain).protocol)) {
    return 'must be a URL that starts with http:// or https://';
  }
  const [, beforePath = ''] = /^([a-z]+:\/\/[^/?#]*)/i.exec(template) ?? [];
  return beforePath.includes('{') ? 'must not have {user} or {tenant} in its host' : undefined;
}

/**
 * The address for one caller. Values are percent-encoded, so that they stay within the segment or the parameter in which
 * they stand.
 *
 * @throws UnusableAddress for a user named `..`, say, whose address would be another one.
 */
export function fillAddress(
  template: string,
  { tenant, user }: Caller,
  more: TemplateValues = {},
): URL {
  const url = new URL(fill(template, { ...more, tenant, user }));
  const expected = new URL(template.replaceAll(placeholders, 'x')).pathname.split('/').length;
  if (url.pathname.split('/').length !== expected) {
    throw new UnusableAddress('the name of this user cannot stand in the address of the source');
  }
  return url;
}

/** Headers for one caller; values are percent-encoded. */
export function fillHeaders(
  templates: Readonly<Record<string, string>>,
  { tenant, user }: Caller,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, fill(template, { tenant, user })]),
  );
}

function fill(template: string, values: TemplateValues): string {
  return template.replaceAll(placeholders, (whole, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : whole,
  );
}

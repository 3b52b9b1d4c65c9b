/** Which tools a job may see and call: all that `allow` names (absent: all), less all that `deny` names. */
export interface ToolPolicy {
  readonly allow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

export function isAllowed(policy: ToolPolicy, tool: string): boolean {
  const allowed = policy.allow === undefined || policy.allow.some((name) => matches(name, tool));
  return allowed && !(policy.deny ?? []).some((name) => matches(name, tool));
}

/** `*` stands for any run of characters. Linear in the length of the tool's name for each part of the pattern. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}

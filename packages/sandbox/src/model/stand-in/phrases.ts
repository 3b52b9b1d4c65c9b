import { asSentence, NUMBER_PATTERN, numberOf } from './words.ts';

const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const QUOTED = /"([^"]+)"|“([^”]+)”|(?<=\s)'([^']{3,})'(?=[\s.,;!?]|$)/gu;

/** How many are asked for: "last 5 mails", "two issues", "my latest mail" (1). */
export function countIn(clause: string): number | undefined {
  const text = clause.replace(/#\d+|\b(?:issues?|prs?|pull requests?|number|no\.)\s+#?\d+/giu, ' ');
  const before = new RegExp(
    String.raw`\b(?:last|latest|first|top|newest|recent|next|past|most|only|to)\s+(${NUMBER_PATTERN})\b(?!\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\b)`,
    'iu',
  ).exec(text)?.[1];
  const after = new RegExp(
    String.raw`(?<![\d.:,$€/#@-])\b(${NUMBER_PATTERN})\s+(?:[\p{L}-]+\s+){0,4}?(?:e-?mails?|mails?|messages|issues|pull requests|prs|repos|repositories|threads|channels|users|people|members|commits|branches|results|items|entries|comments|notifications|releases|drafts|contacts|files|ones)\b`,
    'iu',
  ).exec(text)?.[1];
  const found = before ?? after;
  if (found !== undefined) return numberOf(found);
  const one =
    /\b(?:latest|last|newest|most recent)\s+(?:unread\s+)?(?:e-?mail|mail|message|issue|pull request|pr|commit|release|one)\b/i;
  return one.test(text) ? 1 : undefined;
}

export function emailsIn(text: string): string[] {
  return [...text.matchAll(EMAIL)].map(([address]) => address.replace(/\.$/, ''));
}

export function quotedIn(text: string): string[] {
  return [...text.matchAll(QUOTED)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

export function channelIn(text: string): string | undefined {
  const named = /(?:^|[\s(])#([\p{L}][\p{L}\p{N}_-]*)/u.exec(text)?.[1];
  if (named !== undefined) return named.toLowerCase();
  const worded =
    /\b(?:in|to|of|from|on|into)\s+(?:the\s+)?([a-z][\w-]*)\s+channel\b|\bchannel\s+(?:called\s+|named\s+)?([a-z][\w-]*)\b/iu.exec(
      text,
    );
  const name = worded?.[1] ?? worded?.[2];
  if (
    name === undefined ||
    /^(a|the|that|this|every|each|slack|our|my|in|on|and|topic)$/i.test(name)
  ) {
    return undefined;
  }
  return name.toLowerCase();
}

/** A person whom a message goes to, as `@name`. */
export function personIn(text: string): string | undefined {
  const handle = /(?:^|\s)@([\p{L}][\p{L}\p{N}._-]*)/u.exec(text)?.[1];
  if (handle !== undefined) return handle;
  return /\b(?:to|[Ss]end|[Ii]nvite|[Tt]ell|[Dd][Mm]|[Pp]ing|[Mm]essage|[Nn]otify|[Mm]ail|[Ee]-?mail|[Aa]sk)\s+(\p{Lu}[\p{L}]+)\b/u.exec(
    text,
  )?.[1];
}

const REPOSITORY =
  /(?<=^|[\s("'“/])([A-Za-z0-9][\w-]*)\/([A-Za-z0-9][\w.-]*?)(?=$|[\s,;:!?)"'”#]|\.(?:\s|$))/gu;
const FILE = /\.(?:ts|tsx|mjs|md|json|ya?ml|py|go|rs|java|tf|css|html|txt|sh|lock)$/i;

/** All `owner/name` of a text, each once; paths of files are none. */
export function repositoriesIn(text: string): { owner: string; repo: string }[] {
  const plain = text.replace(/https?:\/\/github\.com\//g, ' ');
  const found = [...plain.matchAll(REPOSITORY)].flatMap(([, owner, repo]) =>
    owner && repo && !FILE.test(repo) && !/^(?:and|or|he|his|w)$/i.test(owner)
      ? [{ owner, repo }]
      : [],
  );
  const names = found.map(({ owner, repo }) => `${owner}/${repo}`);
  return found.filter((_each, index) => names.indexOf(names[index] ?? '') === index);
}

export function repositoryIn(text: string): { owner: string; repo: string } | undefined {
  return repositoriesIn(text)[0];
}

export function itemNumberIn(text: string): number | undefined {
  const match =
    /#(\d+)\b|\b(?:issue|pr|pull request|number|ticket)\s+(?:number\s+|no\.\s*)?#?(\d+)\b/iu.exec(
      text,
    );
  const digits = match?.[1] ?? match?.[2];
  return digits === undefined ? undefined : Number(digits);
}

/** What a message is to say, word by word where it is quoted. */
export function bodyIn(clause: string): string | undefined {
  const said =
    /\b(?:saying|says|and say|(?:telling|and tell) (?:them|him|her|everyone|us)|with (?:the )?(?:body|text|message|comment)|body|text):?\s+(?:that\s+)?(.+)$/isu.exec(
      clause,
    )?.[1];
  const quoted = quotedIn(said ?? clause);
  if (said !== undefined) {
    const [first] = quoted;
    return first !== undefined && /^["“']/.test(said.trim())
      ? first
      : asSentence(stripSubject(said));
  }
  const afterColon = /:\s+(.+)$/su.exec(clause.replace(/\bsubject:.*$/isu, ''))?.[1];
  if (quoted.length > 0) return quoted.at(-1);
  if (afterColon !== undefined) return asSentence(afterColon);
  const that = /\b(?:that|to say)\s+(.+)$/isu.exec(clause)?.[1];
  return that === undefined ? undefined : asSentence(that);
}

function stripSubject(text: string): string {
  return text
    .replace(/\s+(?:and|with)\s+(?:the\s+)?subject\b.*$/isu, '')
    .replace(/^["“']|["”']$/gu, '');
}

/** A subject or title: quoted, named, or what the clause is about. */
export function titleIn(clause: string): string | undefined {
  const named =
    /\b(?:subject|titled?|called|named|with (?:the )?(?:title|subject|name))\b:?\s+(?:is\s+)?(?:"([^"]+)"|“([^”]+)”|'([^']+)'|(.+?))(?=\s*(?:,|$|\s(?:and|with|saying|body|in|labell?ed|assigned)\b))/isu.exec(
      clause,
    );
  const name = named?.slice(1).find((each) => each !== undefined);
  if (name !== undefined) return name.trim().replace(/[.]$/, '');
  const about =
    /\b(?:about|regarding|concerning|for)\s+(?:the fact that\s+)?(.+?)(?=\s*(?:,|$|\s(?:saying|with|and (?:say|tell|ask)|in the (?:repo|repository)|in [\w-]+\/[\w.-]+)\b))/isu.exec(
      clause,
    )?.[1];
  const quoted = quotedIn(clause)[0];
  if (quoted !== undefined) return quoted;
  return about === undefined ? undefined : asSentence(about).replace(/\.$/, '');
}

/** `open`, `closed` or `all`, where the clause says so. */
export function stateIn(clause: string): 'open' | 'closed' | 'all' | undefined {
  if (/\b(open and closed|all states|any state)\b/i.test(clause)) return 'all';
  if (/\b(closed|merged|resolved|done)\b/i.test(clause)) return 'closed';
  return /\bopen\b(?!\s+(?:a|an|new)\b)/i.test(clause) ? 'open' : undefined;
}

const LABEL = String.raw`["“]?[\p{L}\p{N}:_-]+["”]?`;
const LABELS = String.raw`(${LABEL}(?:(?:\s*,\s*|\s+and\s+)${LABEL})*)`;
const NAMED_LABELS = [
  new RegExp(
    String.raw`\b(?:labell?ed(?: as| with)?|with (?:the )?labels?|labels?:)\s+${LABELS}`,
    'iu',
  ),
  new RegExp(
    String.raw`^\W*(?:(?:and|please|then)\s+)?label\b.*\b(?:with|as)\s+(?:the\s+label\s+)?${LABELS}`,
    'iu',
  ),
  new RegExp(String.raw`\b(?:add|apply|put|set)\s+(?:the\s+)?labels?\s+${LABELS}`, 'iu'),
  new RegExp(
    String.raw`\b(?:the\s+)?(?!(?:the|a|an|new|this|that|my|all)\b)(${LABEL})\s+label\b`,
    'iu',
  ),
];

export function labelsIn(clause: string): string[] {
  for (const pattern of NAMED_LABELS) {
    const text = pattern.exec(clause)?.[1];
    if (text === undefined || /^(?:to|of|in|on|from|called|named|add|apply)\b/i.test(text))
      continue;
    return text.split(/\s*,\s*|\s+and\s+/).map((label) => label.replace(/["“”]/g, ''));
  }
  return [];
}

export function emojiIn(clause: string): string | undefined {
  const named = /:([a-z0-9_+-]+):/i.exec(clause)?.[1];
  if (named !== undefined) return named;
  if (/thumbs?[ -]?up|👍/iu.test(clause)) return 'thumbsup';
  if (/🎉|\b(celebrat\w+|tada|party)\b/iu.test(clause)) return 'tada';
  if (/❤|\bheart\b/iu.test(clause)) return 'heart';
  if (/👀|\beyes\b/iu.test(clause)) return 'eyes';
  return /✅|\b(check ?mark|white_check_mark)\b/iu.test(clause) ? 'white_check_mark' : undefined;
}

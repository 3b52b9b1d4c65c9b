import { asSentence, mentions, numberPattern, thingPattern, vocabulary } from './words.ts';

/** What the first group that matched holds. */
function firstGroup(pattern: RegExp, text: string): string | undefined {
  return pattern
    .exec(text)
    ?.slice(1)
    .find((group) => group !== undefined);
}

const countPattern = new RegExp(
  String.raw`\b(?:last|latest|first|top|newest|recent|next|past|only|letzten)\s+(${numberPattern})\b(?!\s+(?:minute|hour|day|week|month|year))` +
    String.raw`|(?<![\d.:,$€/#@-])\b(${numberPattern})\s+(?:[\p{L}-]+\s+){0,4}?(?:${thingPattern})\b`,
  'iu',
);
const newestOne =
  /\b(?:latest|last|newest|most recent)\s+(?:unread\s+)?(?:e-?mail|mail|message|issue|pull request|pr|commit|release|one)\b/i;

/** How many are asked for: "last 5 mails", "two issues", "my latest mail" (1). */
export function countIn(clause: string): number | undefined {
  const text = clause.replace(/\b(?:issues?|prs?|pull requests?|number)\s+#?\d+/giu, ' ');
  const count = firstGroup(countPattern, text);
  if (count !== undefined) return vocabulary.numbers[count.toLowerCase()] ?? Number(count);
  return newestOne.test(text) ? 1 : undefined;
}

const emailPattern = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;

export function emailsIn(text: string): string[] {
  return text.match(emailPattern) ?? [];
}

const quotedPattern = /"([^"]+)"|“([^”]+)”|(?<=\s)'([^']{3,})'(?=[\s.,;!?]|$)/gu;

export function quotedIn(text: string): string[] {
  return [...text.matchAll(quotedPattern)].map((match) => match.slice(1).join(''));
}

/** A channel as `#name` or "in the name channel", without its `#`. */
export function channelIn(text: string): string | undefined {
  const pattern =
    /(?:^|[\s(])#(\p{L}[\p{L}\p{N}_-]*)|\b(?:in|to|of|from|on)\s+(?:the\s+)?(?!(?:the|that|this|every|each|slack|our|my|a)\b)([a-z][\w-]*)\s+channel\b/iu;
  return firstGroup(pattern, text)?.toLowerCase();
}

/** A person whom a message goes to, as `@name`, or by a name with a capital letter. */
export function personIn(text: string): string | undefined {
  const pattern =
    /(?:^|\s)@(\p{L}[\p{L}\p{N}._-]*)|\b(?:to|[Ss]end|[Ii]nvite|[Tt]ell|[Ll]et|[Dd][Mm]|[Pp]ing|[Mm]essage|[Nn]otify|[Mm]ail|[Ee]-?mail|[Aa]sk)\s+(\p{Lu}\p{L}+)\b/u;
  return firstGroup(pattern, text);
}

const repositoryPattern =
  /(?<=^|[\s("'“/])([A-Za-z0-9][\w-]*)\/([A-Za-z0-9][\w.-]*?)(?=$|[\s,;:!?)"'”#]|\.(?:\s|$))/gu;
const notRepository =
  /^(?:and|or|he|his|w|src|docs)\/|\.(?:tsx?|md|json|ya?ml|py|go|rs|java|txt)$/i;

/** All `owner/name` of a text; paths of files are none. */
export function repositoriesIn(text: string): { readonly owner: string; readonly repo: string }[] {
  return [...text.matchAll(repositoryPattern)].flatMap(([name, owner = '', repo = '']) =>
    notRepository.test(name) ? [] : [{ owner, repo }],
  );
}

export function itemNumberIn(text: string): number | undefined {
  const pattern = /#(\d+)\b|\b(?:issue|pr|pull request|ticket)\s+(?:number\s+)?(\d+)\b/iu;
  const number = firstGroup(pattern, text);
  return number === undefined ? undefined : Number(number);
}

/** A clause without what it only hands on. */
export function withoutSpeech(clause: string): string {
  const speech =
    /\b(?:saying|that says|(?<=reply |know )that|telling (?:them|him|her)|with (?:the )?(?:body|text))\b.*$/isu;
  return clause.replace(speech, ' ');
}

const saidPattern =
  /\b(?:saying|says|and say|(?:telling|and tell) (?:them|him|her|everyone|us)|with (?:the )?(?:body|text|message|comment)|body|text):?\s+(?:that\s+)?(.+)$/isu;

/** What a message is to say, word by word where it is quoted. */
export function bodyIn(text: string): string | undefined {
  const clause = text.replace(/\b(?:subject|titled?|called)\b:?\s+["“][^"”]*["”]/giu, ' ');
  const said = saidPattern.exec(clause)?.[1];
  const quoted = said === undefined ? quotedIn(clause).at(-1) : quotedIn(said)[0];
  if (quoted !== undefined && (said === undefined || /^["“']/.test(said))) return quoted;
  const told = said?.replace(/\s+(?:and|with)\s+(?:the\s+)?subject\b.*$/isu, '');
  const body = told ?? firstGroup(/(?<!\bsubject):\s+(.+)$|\b(?:that|to say)\s+(.+)$/su, clause);
  return body === undefined ? undefined : asSentence(body);
}

const titlePattern =
  /\b(?:subject|titled?|called|named|with (?:the )?(?:title|subject|name))\b:?\s+(?:is\s+)?(?:"([^"]+)"|“([^”]+)”|(.+?))(?=\s*(?:,|$|\s(?:and|with|saying|body|in|labell?ed|assigned)\b))/isu;
const aboutPattern =
  /\b(?:about|regarding|concerning|for)\s+(.+?)(?=\s*(?:,|$|\s(?:saying|with|and (?:say|tell|ask)|in the (?:repo|repository)|in [\w-]+\/[\w.-]+)\b))/isu;

/** A subject or title: named, quoted, or what the clause is about. */
export function titleIn(clause: string): string | undefined {
  const name = firstGroup(titlePattern, clause) ?? quotedIn(clause)[0];
  const title = name ?? asSentence(aboutPattern.exec(clause)?.[1] ?? '');
  return title.trim().replace(/\.$/, '') || undefined;
}

/** `open` or `closed`, where the clause says so. */
export function stateIn(clause: string): string | undefined {
  if (mentions(clause, 'closed merged resolved done reopen')) return 'closed';
  return /\bopen\b(?!\s+(?:a|an|new)\b)/i.test(clause) ? 'open' : undefined;
}

const label = String.raw`["“]?(?!(?:the|an?|new|this|that|my|all|add|apply|to|of|in|on|from|called|named)\b)[\p{L}\p{N}:_-]+["”]?`;
const labelPattern = new RegExp(
  String.raw`\b(?:label(?:l?ed)?\b.*?\b(?:as|with)|labell?ed|(?:with|add|apply|put|set) (?:the )?labels?)\s+(${label}(?:(?:\s*,\s*|\s+and\s+)${label})*)|(${label})\s+label\b`,
  'iu',
);

export function labelsIn(clause: string): string[] {
  const labels = firstGroup(labelPattern, clause)?.split(/\s*,\s*|\s+and\s+/) ?? [];
  return labels.map((name) => name.replace(/["“”]/g, ''));
}

/** An emoji's name: `:eyes:`, "thumbs up" or the emoji itself. */
export function emojiIn(clause: string): string | undefined {
  const known = Object.entries(vocabulary.emoji).find(([, names]) => mentions(clause, names));
  return /:([a-z0-9_+-]+):/i.exec(clause)?.[1] ?? known?.[0];
}

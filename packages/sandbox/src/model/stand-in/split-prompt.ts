import { repositoriesIn } from './phrases.ts';

const ACTION_WORDS =
  'add|announce|answer|archive|assign|catch|check|close|comment|count|create|delete|display|draft|email|e-mail|fetch|file|find|flag|forward|get|give|invite|label|list|look|mail|make|mark|merge|message|move|notify|open|ping|pin|post|react|read|remind|remove|rename|reopen|reply|respond|review|search|send|set|share|show|star|start|summari[sz]e|tell|trash|triage|update|what|which|who|how|write';

const OBJECTS =
  'e-?mails?|mails?|messages|inbox|issues?|pull requests?|prs?|repos|repositories|channels|users|branches|commits|releases|labels|drafts|contacts|notifications|#[a-z][\\w-]*';

/** Text that is handed on word by word: nothing in it is an instruction. */
const PAYLOAD =
  /"[^"]*"|“[^”]*”|'(?<=\s')[^']{3,}'(?=[\s.,;!?]|$)|\b(?:saying|that says|which says|with (?:the )?(?:body|text)|titled|called|named|with (?:the )?(?:subject|title))\b:?\s+(?:(?!\s+(?:and|then)\s+(?:saying|with|body)\b)[^.!?\n"“])*/giu;

const BOUNDARY = new RegExp(
  String.raw`(?:[.;!?]+\s+|\n+|,?\s+(?:and\s+then|and\s+also|then|and|also|afterwards|plus|but)\s+(?=(?:please\s+)?(?!tell (?:them|him|her)\b)(?:${ACTION_WORDS})\b)|,\s+(?=(?:please\s+)?(?:${ACTION_WORDS})\b))`,
  'giu',
);

const LIST_BOUNDARY = new RegExp(
  String.raw`(?:,\s+(?:and\s+|plus\s+)?|\s+(?:and|plus|as well as)\s+)(?=(?:(?:the|my|all|open|closed|unread|new|latest|last|recent|any|in|from|on|\d+)\s+){0,4}(?:${OBJECTS})(?:\s|[.,?!]|$))`,
  'iu',
);

const HAS_OBJECT = new RegExp(String.raw`\b(?:${OBJECTS})(?:\b|$)|(?:^|\s)#[a-z]`, 'iu');

const READS =
  /^\W*(?:(?:please|can you|could you|i want to|i'd like to)\s+)*(fetch|get|list|show(?: me)?|read|check|see|display|summari[sz]e|review|count|give me(?: an?| the)?(?: \w+)? of|give me|catch me up on(?: everything)?|what(?:'s| is| are| happened)?(?: in| new in)?|which|how many|look at)\b:?/iu;

/** "list the issues and pull requests of x" as two clauses with the same verb. */
function splitList(clause: string): string[] {
  const verb = READS.exec(clause)?.[0];
  const boundary = LIST_BOUNDARY.exec(clause);
  if (verb === undefined || boundary === null) return [clause];
  const left = clause.slice(0, boundary.index);
  if (!HAS_OBJECT.test(left)) return [clause];
  const right = clause.slice(boundary.index + boundary[0].length);
  return [left, ...splitList(`${verb} ${right}`)];
}

function placesIn(clause: string): string[][] {
  const channels = [...new Set(clause.match(/(?<=^|\s)#[\p{L}][\p{L}\p{N}_-]*/gu))];
  return [channels, repositoriesIn(clause).map(({ owner, repo }) => `${owner}/${repo}`)];
}

/** "the issues of acme/api and acme/web" as one clause for each place. */
function onePlaceEach(clause: string): string[] {
  const places = placesIn(clause).find((each) => each.length > 1);
  if (places === undefined || /["“]|\bsaying\b/.test(clause)) return [clause];
  return places.map((place) =>
    places
      .filter((each) => each !== place)
      .reduce((text, other) => text.replace(other, ' '), clause)
      .replace(/(?:,|\band\b|\s)+(?=\s*[?.!]?$)/iu, '')
      .replace(/\b(in|of|from|for|on|to)\s+(?:(?:,|and)\s+)+/giu, '$1 '),
  );
}

/** The clauses of a prompt, each with at most one action, in their order. */
export function splitPrompt(prompt: string): string[] {
  const payloads: string[] = [];
  const masked = prompt.replace(PAYLOAD, (payload) => {
    payloads.push(payload);
    return `\u{E000}${String.fromCodePoint(0xe100 + payloads.length - 1)}`;
  });
  const unmask = (text: string) =>
    text.replace(/\u{E000}([\u{E100}-\u{F8FF}])/gu, (_all, place: string) => {
      return payloads[(place.codePointAt(0) ?? 0xe100) - 0xe100] ?? '';
    });
  return masked
    .split(BOUNDARY)
    .flatMap(splitList)
    .map((clause) => unmask(clause).trim())
    .flatMap(onePlaceEach)
    .filter((clause) => /[\p{L}\p{N}]/u.test(clause));
}

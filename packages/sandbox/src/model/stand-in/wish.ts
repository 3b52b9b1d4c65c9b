import { contentWords } from './words.ts';

/** What one clause of a prompt asks for, before a tool is chosen. */
export type Wish = {
  text: string;
  /** verbs that a fitting tool's name may have, the best first */
  verbs: string[];
  writes: boolean;
  nouns: string[];
  connector: string | undefined;
  /** whether it speaks of something that came before: it, them, the first one */
  refersBack: boolean;
};

type Action = {
  pattern: RegExp;
  verbs: string[];
  nouns?: string[];
  writes: boolean;
};

const ACTIONS: Action[] = [
  { pattern: /\bdraft\b(?!s)/i, verbs: ['create'], nouns: ['draft', 'mail'], writes: true },
  {
    pattern: /\b(reply|respond|answer)\b/i,
    verbs: ['reply'],
    nouns: ['thread', 'mail'],
    writes: true,
  },
  {
    pattern:
      /\b(mark|flag)\b.*\b(un)?(read|important|starred|seen)\b|\bstar\b.*\b(e-?mails?|mails?|messages?)\b/i,
    verbs: ['modify'],
    nouns: ['label', 'mail'],
    writes: true,
  },
  {
    pattern: /\b(react|thumbs[ -]?up)\b|\badd\b.*\b(reaction|emoji)\b/i,
    verbs: ['add'],
    nouns: ['reaction'],
    writes: true,
  },
  {
    pattern: /\b(add|leave|write|post)\b.*\bcomment\b|^\W*comment\b/i,
    verbs: ['create'],
    nouns: ['comment', 'issue'],
    writes: true,
  },
  { pattern: /^\W*(please )?(close|reopen)\b/i, verbs: ['update'], writes: true },
  {
    pattern: /^\W*(please )?assign\b/i,
    verbs: ['add'],
    nouns: ['assignee', 'issue'],
    writes: true,
  },
  {
    pattern: /\b(add|apply|put|set)\b.*\blabels?\b|^\W*label\b/i,
    verbs: ['add', 'modify'],
    nouns: ['label'],
    writes: true,
  },
  { pattern: /\b(remind)\b/i, verbs: ['add'], nouns: ['reminder'], writes: true },
  { pattern: /\bmerge\b/i, verbs: ['merge'], writes: true },
  { pattern: /\b(trash|bin)\b(?!\?)/i, verbs: ['trash'], nouns: ['mail'], writes: true },
  {
    pattern: /^\W*(please )?(delete|remove|erase)\b/i,
    verbs: ['delete', 'remove', 'trash'],
    writes: true,
  },
  {
    pattern: /^\W*(please )?archive\b/i,
    verbs: ['archive', 'modify'],
    nouns: ['label'],
    writes: true,
  },
  { pattern: /^\W*(please )?star\b/i, verbs: ['star'], nouns: ['star'], writes: true },
  { pattern: /\b(invite)\b/i, verbs: ['invite'], writes: true },
  { pattern: /\b(set|change|update|rename)\b/i, verbs: ['set', 'update', 'rename'], writes: true },
  {
    pattern:
      /^\W*(please |can you |could you )*(create|open|file|raise|report|make|start|add|log)\b/i,
    verbs: ['create', 'open', 'add'],
    writes: true,
  },
  {
    pattern:
      /\b(send|post|announce|notify|share|write|forward|dm|ping|message (?=@|#))|\b(e-?mail|mail|message|tell)\b(?= (?!me\b|us\b|you\b)(@?[A-Z]|\S+@|the team|everyone|#))/,
    verbs: ['send', 'post'],
    nouns: ['message'],
    writes: true,
  },
  {
    pattern: /\b(search|find|look for|looking for)\b/i,
    verbs: ['search', 'list', 'fetch', 'get'],
    writes: false,
  },
  {
    pattern: /\b(read|open|show|get)\b.*\b(full|whole|details?|number|#\d)/i,
    verbs: ['get', 'list', 'fetch'],
    writes: false,
  },
  {
    pattern:
      /\b(fetch|get|list|show|read|check|see|display|summari[sz]e|review|count|give|catch|view|look|have|got|what|what's|whats|which|who|who's|how many|any|are there|is there|tell|recap|overview|triage|digest)\b/i,
    verbs: ['list', 'fetch', 'get'],
    writes: false,
  },
];

const CONNECTORS: [RegExp, string][] = [
  [/\b(gmail|e-?mails?|inbox|mailbox)\b/i, 'gmail'],
  [/\b(github|repos?|repository|repositories|pull requests?|prs?)\b/i, 'github'],
  [/\b(slack|channels?)\b|(^|\s)#[a-z]/i, 'slack'],
];

const BACKWARD =
  /\b(it|them|those|these|that one|this one|(the )?(first|second|third|last|latest|newest|oldest)( (one|two|three|mail|e-?mail|message|issue|pr))?|the (mail|e-?mail|message|issue|thread|pr|pull request|former|latter|result|summary))\b/i;

/** The action of a clause, or undefined where it names none. */
export function readWish(text: string): Wish | undefined {
  const action = ACTIONS.find(({ pattern }) => pattern.test(text));
  if (action === undefined) return undefined;
  const connector = CONNECTORS.find(([pattern]) => pattern.test(text))?.[1];
  return {
    text,
    verbs: action.verbs,
    writes: action.writes,
    nouns: [...new Set([...contentWords(text), ...(action.nouns ?? [])])],
    connector,
    refersBack: BACKWARD.test(text),
  };
}

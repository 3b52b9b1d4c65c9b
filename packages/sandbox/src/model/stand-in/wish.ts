import { READING_ACTIONS, WRITING_ACTIONS } from './actions.ts';
import { channelIn, emailsIn } from './phrases.ts';
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

const CONNECTORS: [RegExp, string][] = [
  [/\bslack\b|(?:^|\s)#[a-z]|\bchannels?\b/i, 'slack'],
  [
    /(?:^|\s)[a-z][\w-]*\/[a-z][\w.-]*|\bgithub\b|\brepos?(?:itor(?:y|ies))?\b|\bpull requests?\b|\bprs?\b|\bissues?\b/i,
    'github',
  ],
  [/\bgmail\b|\be-?mails?\b|\binbox\b|\bmailbox\b|[^\s@]+@[^\s@]+\.[^\s@]+/i, 'gmail'],
];

const BACKWARD =
  /\b(?:it|them|those|these|that one|this one|(?:the )?(?:first|second|third|fourth|fifth)|(?:last|latest|newest|oldest) one|the (?:mail|e-?mail|message|issue|thread|pr|pull request|former|latter|results?|summary))\b|\bthe (?:last|latest|newest|oldest)\W*$/i;

const QUESTION =
  /^\W*(what|what's|which|who|who's|whose|how many|how much|when|where|why|do|does|did|is|are|was|were|has|have|any)\b/i;

/** Things that come by mail, though their names do not say so. */
const ARRIVES_BY_MAIL =
  /\b(invoice|receipt|newsletter|booking|itinerary|unread|ungelesen\w*|attachment)s?\b/i;

/** What is only handed on must not be taken for an instruction. */
function headOf(text: string): string {
  return text
    .replace(/"[^"]*"|“[^”]*”/gu, ' ')
    .replace(
      /\b(?:saying|that says|which says|telling (?:them|him|her)|with (?:the )?(?:body|text))\b.*$/isu,
      ' ',
    );
}

function impliedNouns(head: string, writes: boolean, connector: string | undefined): string[] {
  const implied: string[] = [];
  const people = /\b(?:members?|people|users?|who)\b/i.test(head);
  const channel = channelIn(head) !== undefined;
  if (channel && people && !writes) return ['user', 'channel'];
  if (channel && writes) implied.push('message', 'channel');
  if (channel && !writes) implied.push('message', 'channel', 'history');
  if (
    !channel &&
    connector === 'slack' &&
    !/\b(user|people|member|file|who|channel|emoji|reminder)s?\b/i.test(head)
  ) {
    implied.push('message');
  }
  if (emailsIn(head).length > 0 || ARRIVES_BY_MAIL.test(head)) implied.push('mail');
  if (/\bwho\b/i.test(head) && !/\bcontribut/i.test(head)) implied.push('user');
  return implied;
}

/** The action of a clause, or undefined where it names neither an action nor a thing. */
export function readWish(text: string): Wish | undefined {
  const head = headOf(text);
  const writing = QUESTION.test(head)
    ? undefined
    : WRITING_ACTIONS.find(({ pattern }) => pattern.test(head));
  const action = writing ?? READING_ACTIONS.find(({ pattern }) => pattern.test(head));
  const connector = CONNECTORS.find(([pattern]) => pattern.test(head))?.[1];
  if (action === undefined && connector === undefined) return undefined;
  const writes = writing !== undefined;
  const nouns = [
    ...contentWords(head),
    ...(action?.nouns ?? []),
    ...impliedNouns(head, writes, connector),
  ];
  return {
    text,
    verbs: action?.verbs ?? ['list', 'fetch', 'get'],
    writes,
    nouns: [...new Set(nouns)],
    connector,
    refersBack: BACKWARD.test(head),
  };
}

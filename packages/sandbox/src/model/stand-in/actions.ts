/** What a clause may ask to be done: the first pattern that its head matches decides. */
export type Action = {
  pattern: RegExp;
  /** verbs that a fitting tool's name may have, the best first */
  verbs: string[];
  /** nouns that the clause implies without naming them */
  nouns?: string[];
};

const POLITE = String.raw`^\W*(?:please |can you |could you |would you |also |now |then |and |go ahead and |i want you to |i need you to |i'd like you to )*`;

/** A verb in the imperative, at the beginning of a clause. */
function imperative(verbs: string): RegExp {
  return new RegExp(String.raw`${POLITE}(?:${verbs})\b`, 'i');
}

const MAIL = String.raw`\b(?:e-?mails?|mails?|messages?|threads?|inbox)\b`;

export const WRITING_ACTIONS: Action[] = [
  { pattern: /\bdraft\b(?!s)/i, verbs: ['create'], nouns: ['draft', 'mail'] },
  {
    pattern: imperative('reply|respond|answer|write back'),
    verbs: ['reply'],
    nouns: ['thread', 'mail'],
  },
  {
    pattern:
      /\b(mark|flag)\b.*\b(all|them|those|these|every)\b.*\b(read|unread|important|starred)\b/i,
    verbs: ['modify'],
    nouns: ['batch', 'mail'],
  },
  {
    pattern: /\b(mark|flag)\b.*\b(?:read|unread|important|starred|seen)\b/i,
    verbs: ['modify'],
    nouns: ['label', 'mail'],
  },
  {
    pattern: new RegExp(String.raw`${POLITE}(?:un)?star\b.*${MAIL}`, 'i'),
    verbs: ['modify'],
    nouns: ['label', 'mail'],
  },
  {
    pattern: new RegExp(String.raw`${POLITE}archive\b.*\b(?:all|every|them|those|these)\b`, 'i'),
    verbs: ['modify'],
    nouns: ['batch', 'mail'],
  },
  { pattern: imperative('archive'), verbs: ['archive', 'modify'], nouns: ['label'] },
  {
    pattern: /\breact\b|\bthumbs[ -]?up\b|\badd\b.*\b(?:reaction|emoji)\b/i,
    verbs: ['add'],
    nouns: ['reaction'],
  },
  {
    pattern: /\b(?:add|leave|write|post)\b.*\bcomment\b|^\W*(?:and |please |then )*comment\b/i,
    verbs: ['create'],
    nouns: ['comment', 'issue'],
  },
  { pattern: imperative('close|reopen'), verbs: ['update'], nouns: ['issue'] },
  { pattern: imperative('assign'), verbs: ['add'], nouns: ['assignee', 'issue'] },
  {
    pattern: /\b(?:add|apply|put|set)\b.*\blabels?\b|^\W*(?:and |please |then )*label\b/i,
    verbs: ['add', 'modify'],
    nouns: ['label'],
  },
  { pattern: imperative('remind'), verbs: ['add'], nouns: ['reminder'] },
  { pattern: imperative('merge'), verbs: ['merge'], nouns: ['pull_request'] },
  {
    pattern: /\b(?:move|put|throw)\b.*\b(?:trash|bin)\b|^\W*trash\b/i,
    verbs: ['trash'],
    nouns: ['mail'],
  },
  { pattern: imperative('delete|remove|erase'), verbs: ['delete', 'remove', 'trash'] },
  { pattern: imperative('star'), verbs: ['star'], nouns: ['star'] },
  { pattern: imperative('pin'), verbs: ['pin'] },
  { pattern: imperative('invite'), verbs: ['invite'] },
  { pattern: imperative('join'), verbs: ['join'] },
  { pattern: imperative('leave'), verbs: ['leave'] },
  {
    pattern: imperative('turn (?:on|off)|enable|disable|switch (?:on|off)'),
    verbs: ['update', 'set', 'enable', 'disable'],
  },
  {
    pattern: imperative('set|change|update|edit|rename'),
    verbs: ['set', 'update', 'rename', 'modify'],
  },
  {
    pattern: imperative('create|open|file|raise|report|make|start|add|log|set up'),
    verbs: ['create', 'open', 'add'],
  },
  {
    pattern: imperative(
      'send|post|announce|notify|share|forward|dm|ping|write(?= (?:to |@|#|(?:an? |the )?(?:e-?mail|mail|message|note)))|drop',
    ),
    verbs: ['send', 'post'],
    nouns: ['message'],
  },
  {
    pattern: new RegExp(
      String.raw`${POLITE}(?:e-?mail|mail|message|tell|ask|let)\s+(?!me\b|us\b|you\b|summar)`,
      'i',
    ),
    verbs: ['send', 'post'],
    nouns: ['message'],
  },
  {
    pattern: imperative(
      'run|rerun|cancel|dispatch|fork|lock|unlock|subscribe|schedule|upload|publish|revoke|dismiss|submit|kick|watch|stop|verify',
    ),
    verbs:
      'rerun cancel dispatch fork lock unlock set schedule upload publish revoke dismiss submit kick watch stop verify'.split(
        ' ',
      ),
  },
];

const MINE = String.raw`\b(?:assigned to me|that i opened|created by me)\b`;

export const READING_ACTIONS: Action[] = [
  { pattern: /\bfile\b.*\.[a-z]{1,5}\b/i, verbs: ['get'], nouns: ['file', 'content'] },
  {
    pattern: new RegExp(
      String.raw`\b(?:pull requests?|prs?)\b.*${MINE}|\bmy (?:open |latest )*(?:prs|pull requests)\b`,
      'i',
    ),
    verbs: ['search', 'list'],
    nouns: ['issue'],
  },
  {
    pattern: /\brepos?(?:itor(?:y|ies))?\b.*\b(?:about|related to|for)\b/i,
    verbs: ['search', 'list'],
  },
  { pattern: /\b(?:search|find|look(?:ing)? for)\b/i, verbs: ['search', 'list', 'fetch', 'get'] },
  {
    pattern: /#\d+\b|\b(?:issue|pr|pull request|ticket)\s+(?:number\s+)?\d+\b|\blatest release\b/i,
    verbs: ['get', 'list'],
  },
  {
    pattern:
      /\b(?:fetch|get|list|show|read|check|see|display|summari[sz]e|review|count|give|catch|view|look|have|got|what|what's|whats|which|who|who's|whose|when|how many|any|are there|is there|did|does|tell|recap|overview|triage|digest|whether)\b/i,
    verbs: ['list', 'fetch', 'get'],
  },
];

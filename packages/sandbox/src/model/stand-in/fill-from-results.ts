import { type Fields, fieldText, type KnownCall, recordsOf } from './knowledge.ts';
import { findRecord, meansAll, namesOneThing, recordsOfCall } from './references.ts';
import { personIn } from './phrases.ts';
import type { Filler, Situation } from './situation.ts';

type Fits = (record: Fields, call: KnownCall) => boolean;

const isMail: Fits = (record) => 'threadId' in record || ('subject' in record && 'from' in record);
const isThread: Fits = (record, call) => isMail(record, call) || call.tool.includes('thread');
const isMessage: Fits = (record) => typeof record['ts'] === 'string';
const isIssue: Fits = (record) => typeof record['number'] === 'number' && 'title' in record;
const isPerson: Fits = (record) => 'real_name' in record;

function found(situation: Situation, fits: Fits) {
  return findRecord(situation.clause, situation.calls, fits);
}

/** `Mara <mara@x.example>` as `mara@x.example`. */
function addressOf(record: Fields | undefined): string | undefined {
  const from = record && fieldText(record, 'from');
  return from === undefined ? undefined : (/<([^>]+)>/.exec(from)?.[1] ?? from);
}

/** The address of a person whom the clause names, if a call found it. */
function contactAddress({ clause, calls }: Situation): string | undefined {
  const name = personIn(clause)?.toLowerCase();
  if (name === undefined) return undefined;
  const contact = calls
    .flatMap(recordsOfCall)
    .find((record) => fieldText(record, 'name')?.toLowerCase().includes(name) && record['email']);
  return contact && fieldText(contact, 'email');
}

function mailId(situation: Situation): string | undefined {
  const mail = found(situation, isMail)?.record;
  return mail && fieldText(mail, 'id');
}

function mailIds({ clause, calls }: Situation): string[] | undefined {
  const latest = calls.findLast(
    (call) =>
      recordsOf(call.result) !== undefined &&
      recordsOfCall(call).some((record) => isMail(record, call)),
  );
  if (latest === undefined) return undefined;
  const ids = recordsOfCall(latest).flatMap((record) => fieldText(record, 'id') ?? []);
  return meansAll(clause) || ids.length === 1 ? ids : ids.slice(0, 1);
}

function mentions(clause: string, name: string | undefined): boolean {
  if (name === undefined) return false;
  return clause
    .toLowerCase()
    .split(/[^\w.-]+/)
    .includes(name.toLowerCase());
}

function splitName(full: string | undefined): [string, string] | undefined {
  const [owner, repo] = full?.split('/') ?? [];
  return owner && repo ? [owner, repo] : undefined;
}

function repositoriesCalledFor(calls: readonly KnownCall[]): [string, string][] {
  return calls.flatMap(({ arguments: { owner, repo } }): [string, string][] =>
    typeof owner === 'string' && typeof repo === 'string' ? [[owner, repo]] : [],
  );
}

/**
 * The repository that a clause mentions by its bare name, that of the issue that it speaks of, or
 * the one that was spoken of last.
 */
function repositoryOf(situation: Situation): [string, string] | undefined {
  const { clause, calls } = situation;
  const listed = calls.flatMap(recordsOfCall).flatMap((record): [string, string][] => {
    const name = splitName(fieldText(record, 'full_name'));
    return name === undefined ? [] : [name];
  });
  const used = repositoriesCalledFor(calls);
  const mentioned = [...listed, ...used].find(([, repo]) => mentions(clause, repo));
  if (mentioned !== undefined) return mentioned;
  const issue = found(situation, isIssue)?.record;
  const ofIssue = issue && splitName(fieldText(issue, 'repository', 'full_name'));
  return ofIssue ?? used.at(-1) ?? (listed.length === 1 ? listed[0] : undefined);
}

function timestamp(situation: Situation): string | undefined {
  const message = found(situation, isMessage)?.record;
  return message && fieldText(message, 'ts');
}

function channelOf(situation: Situation): string | undefined {
  const message = found(situation, isMessage);
  if (message === undefined) return undefined;
  const inArguments = message.call.arguments['channel'];
  return (
    fieldText(message.record, 'channel') ??
    (typeof inArguments === 'string' ? inArguments : undefined)
  );
}

function issueNumber(situation: Situation): number | undefined {
  const number = found(situation, isIssue)?.record['number'];
  return typeof number === 'number' ? number : undefined;
}

/** "it": what the last call was about, if that call named it. */
function again(name: string, filler: Filler): Filler {
  return (situation) => {
    const value = situation.calls.at(-1)?.arguments[name];
    return namesOneThing(situation.clause) && value !== undefined ? value : filler(situation);
  };
}

function repliesOnly(filler: Filler): Filler {
  return (situation) => (situation.tool.verbs.has('reply') ? filler(situation) : undefined);
}

function forwarded(show: (mail: Fields) => string): Filler {
  return (situation) => {
    if (!/\bforward\b/i.test(situation.clause)) return undefined;
    const mail = found(situation, isMail)?.record;
    return mail && show(mail);
  };
}

/** Arguments that earlier results give, by parameter name. */
export const contextualFillers: Record<string, Filler> = {
  thread_id: (situation) => {
    if (!situation.tool.required.includes('thread_id')) return undefined;
    const thread = found(situation, isThread)?.record;
    return thread && fieldText(thread, 'threadId', 'thread_id', 'id');
  },
  message_id: again('message_id', mailId),
  in_reply_to_message_id: mailId,
  message_ids: mailIds,
  draft_id: (situation) => {
    const draft = found(situation, (record, call) => call.tool.includes('draft') && 'id' in record);
    return draft && fieldText(draft.record, 'id');
  },
  to: (situation) =>
    repliesOnly(() => addressOf(found(situation, isMail)?.record))(situation) ??
    contactAddress(situation),
  owner: (situation) => repositoryOf(situation)?.[0],
  repo: (situation) => repositoryOf(situation)?.[1],
  issue_number: again('issue_number', issueNumber),
  pull_number: again('pull_number', issueNumber),
  ts: again('ts', timestamp),
  timestamp: again('timestamp', timestamp),
  message_ts: timestamp,
  channel: channelOf,
  user: (situation) => {
    const person = found(situation, isPerson)?.record;
    return person && fieldText(person, 'id');
  },
  subject: forwarded((mail) => `Fwd: ${fieldText(mail, 'subject') ?? ''}`),
  body: (situation) =>
    repliesOnly(() => 'Thank you for your message. I will get back to you soon.')(situation) ??
    forwarded(
      (mail) =>
        `Forwarded from ${fieldText(mail, 'from') ?? 'unknown'}:\n\n${fieldText(mail, 'body', 'snippet') ?? ''}`,
    )(situation),
};

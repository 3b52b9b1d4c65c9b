import type { Filler, Situation } from './fill-arguments.ts';
import { type Fields, fieldText, type KnownCall } from './knowledge.ts';
import { findRecord, meansAll, recordsOfCall } from './references.ts';

type Fits = (record: Fields, call: KnownCall) => boolean;

const isMail: Fits = (record) => 'threadId' in record || ('subject' in record && 'from' in record);
const isThread: Fits = (record, call) => isMail(record, call) || call.tool.includes('thread');
const isMessage: Fits = (record) => typeof record['ts'] === 'string';
const isIssue: Fits = (record) => typeof record['number'] === 'number' && 'title' in record;
const isRepository: Fits = (record) => typeof record['full_name'] === 'string';
const isPerson: Fits = (record) => 'real_name' in record;

function found(situation: Situation, fits: Fits) {
  return findRecord(situation.clause, situation.calls, fits);
}

/** `Mara <mara@x.example>` as `mara@x.example`. */
function addressOf(record: Fields | undefined): string | undefined {
  const from = record && fieldText(record, 'from');
  return from === undefined ? undefined : (/<([^>]+)>/.exec(from)?.[1] ?? from);
}

function mailId(situation: Situation): string | undefined {
  const mail = found(situation, isMail)?.record;
  return mail && fieldText(mail, 'id');
}

function mailIds({ clause, calls }: Situation): string[] | undefined {
  const latest = calls.findLast((call) =>
    recordsOfCall(call).some((record) => isMail(record, call)),
  );
  if (latest === undefined) return undefined;
  const ids = recordsOfCall(latest).flatMap((record) => fieldText(record, 'id') ?? []);
  return meansAll(clause) || ids.length === 1 ? ids : ids.slice(0, 1);
}

/** `acme/api` out of a repository or an issue that was listed, or that the clause mentions by name. */
function repositoryOf(situation: Situation): [string, string] | undefined {
  const { clause, calls } = situation;
  const all = calls.flatMap((call) => recordsOfCall(call).filter((it) => isRepository(it, call)));
  const name = (record: Fields) => fieldText(record, 'name') ?? '';
  const mentioned = all.find(
    (record) =>
      name(record) !== '' && new RegExp(String.raw`\b${name(record)}\b`, 'i').test(clause),
  );
  const repository = mentioned ?? (all.length === 1 ? all[0] : undefined);
  const issue = found(situation, isIssue)?.record;
  const full = repository
    ? fieldText(repository, 'full_name')
    : issue && fieldText(issue, 'repository', 'full_name');
  const [owner, repo] = full?.split('/') ?? [];
  return owner && repo ? [owner, repo] : undefined;
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

function repliesOnly(filler: Filler): Filler {
  return (situation) => (situation.tool.verbs.has('reply') ? filler(situation) : undefined);
}

/** Arguments that earlier results give, by parameter name. */
export const contextualFillers: Record<string, Filler> = {
  thread_id: (situation) => {
    if (!situation.tool.required.includes('thread_id')) return undefined;
    const thread = found(situation, isThread)?.record;
    return thread && fieldText(thread, 'threadId', 'thread_id', 'id');
  },
  message_id: mailId,
  in_reply_to_message_id: mailId,
  message_ids: mailIds,
  draft_id: (situation) => {
    const draft = found(situation, (record, call) => call.tool.includes('draft') && 'id' in record);
    return draft && fieldText(draft.record, 'id');
  },
  to: repliesOnly((situation) => addressOf(found(situation, isMail)?.record)),
  owner: (situation) => repositoryOf(situation)?.[0],
  repo: (situation) => repositoryOf(situation)?.[1],
  issue_number: issueNumber,
  pull_number: issueNumber,
  ts: timestamp,
  timestamp,
  message_ts: timestamp,
  channel: channelOf,
  user: (situation) => {
    const person = found(situation, isPerson)?.record;
    return person && fieldText(person, 'id');
  },
  body: repliesOnly(() => 'Thank you for your message. I will get back to you soon.'),
};

import type { Job } from '@pawl/client';
import { blank, line, type Line, plainText, shortJson, singleLine } from './lines.ts';
import { connectActionOf, type EndedStatus, isEnded, type Snapshot } from './snapshot.ts';
import { failureText, stepLines } from './step-lines.ts';

/**
 * What to print when a job went on from `previous` to `next`; without `previous`, from the start. Looks may be far
 * apart: whatever happened in between is told once and in its order.
 */
export function linesBetween(previous: Snapshot | undefined, next: Snapshot): Line[] {
  return [
    ...(previous === undefined ? headerLines(next.job) : []),
    ...accountActiveLines(previous?.job, next.job),
    ...stepLines(previous?.steps ?? [], next.steps),
    ...authorizationLines(previous?.job, next.job),
    ...unknownOutcomeLines(previous?.job, next.job),
    ...endingLines(previous?.job, next.job),
  ];
}

/** That an account which the job waited for is active now. */
function accountActiveLines(previous: Job | undefined, next: Job): Line[] {
  const waitedFor = connectActionOf(previous)?.connection;
  if (waitedFor === undefined || connectActionOf(next)?.connection === waitedFor) return [];
  // A job that ended while it waited says nothing about the account.
  if (next.status === 'cancelled' || next.status === 'expired') return [];
  const account =
    next.connections.length > 1 ? `Connected account for ${waitedFor}` : 'Connected account';
  return [line(`${account} is now active.`, 'success')];
}

/** The link that a person has to open, once for every link. */
function authorizationLines(previous: Job | undefined, next: Job): Line[] {
  const action = connectActionOf(next);
  if (action === undefined || action.url === connectActionOf(previous)?.url) return [];
  const reason = next.connections.length > 1 ? ` for ${action.connection}` : '';
  return [
    blank,
    line(`Authorization required${reason}.`, 'strong'),
    line('Open this link and complete the flow:'),
    blank,
    line(singleLine(action.url), 'link'),
    blank,
    line(`Waiting for callback on ${callbackOf(action.url)} ...`),
  ];
}

/** The gateway's callback stands beside its links: `/connect/{token}` and `/callback`, below the same prefix. */
function callbackOf(link: string): string {
  if (!URL.canParse(link)) return 'the gateway';
  const { origin, pathname } = new URL('../callback', link);
  return origin + pathname;
}

const STOP_REASONS: Readonly<Record<string, string>> = {
  turns: 'it reached its limit of turns',
  tool_calls: 'it reached its limit of tool calls',
  tokens: 'it reached its limit of tokens',
  cost: 'it reached its limit of cost',
  output_limit: "the model's answer was cut off at its longest output",
  budget: 'a budget of its tenant or user is used up',
  content_filter: "the model's provider filtered the answer",
  refusal: 'the model refused',
};

/** How the job ended: the answer, or why there is none. */
function endingLines(previous: Job | undefined, next: Job): Line[] {
  if (!isEnded(next.status) || (previous !== undefined && isEnded(previous.status))) return [];
  return linesOf(next, next.status);
}

function linesOf(job: Job, status: EndedStatus): Line[] {
  switch (status) {
    case 'completed':
      return answerLines('Final answer:', job.result?.text || '(The model gave an empty answer.)');
    case 'incomplete':
      return [
        ...(job.result?.text ? answerLines('Partial answer:', job.result.text) : []),
        ...closing(`The job stopped before its end: ${stopReason(job.stop_reason)}.`),
      ];
    case 'failed':
      return [...closing(`The job failed: ${errorText(job)}`), ...detailLines(job)];
    case 'cancelled':
      return closing('The job was cancelled.');
    case 'expired':
      return closing(`The job expired: ${errorText(job)}`);
  }
}

function answerLines(title: string, text: string): Line[] {
  return [blank, line(title, 'strong'), blank, line(plainText(text))];
}

function closing(text: string): Line[] {
  return [blank, line(text, 'failure')];
}

function stopReason(reason: string | null): string {
  return STOP_REASONS[reason ?? ''] ?? singleLine(reason ?? 'no reason given');
}

function errorText({ error }: Job): string {
  return error === null ? 'no reason given' : failureText(error);
}

function detailLines({ error }: Job): Line[] {
  const detail = singleLine(error?.detail ?? '');
  return detail === '' ? [] : [line(`  ${detail}`, 'dim')];
}

const LABEL_WIDTH = 14;
const LONGEST_PROMPT = 1_000;

/** What the job was posted with, the gateway's defaults filled in. */
function headerLines(job: Job): Line[] {
  return [
    field(job.connections.length === 1 ? 'Connection' : 'Connections', job.connections.join(', ')),
    field('Identifier', job.user),
    field('Model', job.model),
    field('Prompt', shortened(job.prompt)),
    line(label('Job') + job.id, 'dim'),
    line(label('Conversation') + job.conversation, 'dim'),
  ];
}

function field(name: string, value: string): Line {
  return line(label(name) + (singleLine(value) || '(none)'));
}

function label(name: string): string {
  return `${name}:`.padEnd(LABEL_WIDTH);
}

function shortened(text: string): string {
  return text.length <= LONGEST_PROMPT ? text : `${text.slice(0, LONGEST_PROMPT)} …`;
}

/** The calls of which a person has to say whether they had their effect, each once. */
function unknownOutcomeLines(previous: Job | undefined, next: Job): Line[] {
  const asked = new Set(approvalsOf(previous).map(({ id }) => id));
  const fresh = approvalsOf(next).filter(({ id }) => !asked.has(id));
  if (fresh.length === 0) return [];
  return [
    blank,
    line('A decision is required: it is not known whether this had its effect.', 'strong'),
    ...fresh.flatMap(({ id, tool, input }) => [
      line(`  ${singleLine(tool)}`),
      line(`  args: ${shortJson(input)}`, 'dim'),
      line(`  decide with POST /v1/approvals/${singleLine(id)}`),
    ]),
    line('Answer "respond" if it succeeded, "reject" if it failed, "approve" to try again.'),
  ];
}

function approvalsOf(job: Job | undefined) {
  const action = job?.required_action;
  return action?.type === 'resolve_tool_outcome' ? action.approvals : [];
}

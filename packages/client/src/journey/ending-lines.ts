import type { Job } from '@pawl/contracts';
import { blank, line, type Line } from './line.ts';
import { plainText, singleLine } from './plain-text.ts';
import { isEnded, type EndedStatus } from './snapshot.ts';
import { failureText } from './step-lines.ts';

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
export function endingLines(previous: Job | undefined, next: Job): Line[] {
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

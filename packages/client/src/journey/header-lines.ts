import type { Job } from '@pawl/contracts';
import { line, type Line } from './line.ts';
import { singleLine } from './plain-text.ts';

const LABEL_WIDTH = 14;
const LONGEST_PROMPT = 1_000;

/** What the job was posted with, the gateway's defaults filled in. */
export function headerLines(job: Job): Line[] {
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

import type { Job, JobStep } from '@pawl/client';
import { useEffect, useRef, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import { LongText } from '../../components/long-text.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { PromptParts } from '../../components/prompt-parts.tsx';
import { formatCompact, formatCost, formatDuration } from '../../text/format.ts';
import { plainText } from '../../text/plain-text.ts';
import styles from './chat.module.css';
import { ToolCallView } from './tool-call-view.tsx';
import type { StreamedText } from './use-job-events.ts';
import { stepKey } from './waterfall-spans.ts';

/** Steps that are shown at first, and further ones each time somebody asks. */
const portion = 150;

/** What was asked, said and called, in its order. */
export function Chat({
  job,
  steps,
  streamed,
  selected,
  linkOf,
}: {
  readonly job: Job;
  readonly steps: readonly JobStep[];
  readonly streamed: StreamedText | undefined;
  readonly selected: string | undefined;
  /** The address of a step. */
  readonly linkOf: (step: string) => string;
}) {
  const [count, setCount] = useState(portion);
  const selectedPlace = steps.findIndex((step) => stepKey(step) === selected);
  const shown = steps.slice(0, Math.max(count, selectedPlace + 1));
  const left = steps.length - shown.length;
  return (
    <ol className={styles['chat']} aria-label="What was said and done">
      <li className={styles['message']} data-role="user">
        <p className={styles['who']}>
          <Icon name="person" size={14} /> <bdi>{plainText(job.user)}</bdi>
        </p>
        <PromptParts text={job.prompt} parts={job.prompt_parts} />
      </li>
      {shown.map((step) => (
        <StepItem
          key={stepKey(step)}
          step={step}
          isSelected={stepKey(step) === selected}
          link={linkOf(stepKey(step))}
        />
      ))}
      {left > 0 && (
        <li>
          <button type="button" className="button" onClick={() => setCount(count + portion)}>
            Show {Math.min(portion, left)} more of {left} steps
          </button>
        </li>
      )}
      {streamed !== undefined && streamed.text !== '' && !isTold(steps, streamed) && (
        <li className={styles['message']} data-role="assistant" data-streams>
          <p className={styles['who']}>
            <Icon name="model" size={14} /> {job.model} is writing
          </p>
          <Markdown text={streamed.text} />
        </li>
      )}
      <Ending job={job} />
    </ol>
  );
}

/** Whether the text that is being written has been read as a step by now. */
function isTold(steps: readonly JobStep[], { turn }: StreamedText): boolean {
  return steps.some(
    (step) => step.type === 'turn' && step.turn === turn && step.status === 'completed',
  );
}

function StepItem({
  step,
  isSelected,
  link,
}: {
  readonly step: JobStep;
  readonly isSelected: boolean;
  readonly link: string;
}) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isSelected) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  return (
    <li ref={item} data-selected={isSelected || undefined} className={styles['item']}>
      {step.type === 'turn' ? (
        <Turn step={step} link={link} />
      ) : (
        <ToolCallView step={step} isSelected={isSelected} link={link} />
      )}
    </li>
  );
}

function Turn({
  step,
  link,
}: {
  readonly step: Extract<JobStep, { type: 'turn' }>;
  readonly link: string;
}) {
  const text = textOf(step.output?.['content']);
  const took =
    step.started_at === null || step.finished_at === null
      ? undefined
      : formatDuration(Date.parse(step.finished_at) - Date.parse(step.started_at));
  const facts = [
    step.model,
    took,
    step.input_tokens > 0 &&
      `${formatCompact(step.input_tokens)} in, ${formatCompact(step.output_tokens)} out`,
    step.cost_usd > 0 && formatCost(step.cost_usd),
    step.attempts > 1 && `${step.attempts} attempts`,
    step.status !== 'completed' && step.status.replaceAll('_', ' '),
  ].filter((fact): fact is string => typeof fact === 'string');
  return (
    <div className={styles['message']} data-role="assistant">
      <p className={styles['who']}>
        <Icon name="model" size={14} />
        <a href={link} className={styles['anchor']}>
          Turn {step.turn + 1}
        </a>
        <span className="muted">{facts.join(' · ')}</span>
      </p>
      {text !== '' && <Markdown text={text} />}
      {step.error !== null && (
        <p className="notice red">
          <Icon name="warning" />
          <span>
            <code>{step.error.code}</code> {plainText(step.error.message)}
          </span>
        </p>
      )}
    </div>
  );
}

/** A message's content is text, or parts of which some are text. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part ? String(part.text) : '',
    )
    .join('');
}

function Ending({ job }: { readonly job: Job }) {
  if (job.error !== null) {
    return (
      <li className="notice red">
        <Icon name="warning" />
        <span>
          <strong>{job.error.code}</strong> {plainText(job.error.message)}
          {job.error.detail !== undefined && (
            <LongText text={job.error.detail} isCode label="Detail" />
          )}
        </span>
      </li>
    );
  }
  if (job.status === 'incomplete') {
    return (
      <li className="notice amber">
        <Icon name="info" />
        <span>
          The job ended before its task was done: <code>{job.stop_reason}</code>
        </span>
      </li>
    );
  }
  if (job.status === 'cancelled' || job.status === 'expired') {
    return (
      <li className="notice">
        <Icon name="stop" />
        <span>{job.status === 'cancelled' ? 'The job was cancelled.' : 'The job expired.'}</span>
      </li>
    );
  }
  return null;
}

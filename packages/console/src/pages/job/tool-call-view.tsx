import type { JobStep } from '@pawl/client';
import { useEffect, useId, useState } from 'react';
import { Icon } from '../../components/icon.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { ExactTime } from '../../components/time.tsx';
import { formatClock, formatDuration } from '../../text/format.ts';
import { oneLine } from '../../text/plain-text.ts';
import styles from './chat.module.css';

type ToolCall = Extract<JobStep, { type: 'tool_call' }>;

const tones: Readonly<Record<ToolCall['status'], readonly [tone: string, label: string]>> = {
  ready: ['gray', 'Waiting for a worker'],
  running: ['blue', 'Running'],
  awaiting_approval: ['amber', 'Waits for approval'],
  awaiting_result: ['blue', 'Waits for its result'],
  blocked: ['amber', 'Waits for an account'],
  checking: ['blue', 'Outcome is looked up'],
  unknown: ['amber', 'Outcome unknown'],
  succeeded: ['green', 'Succeeded'],
  failed: ['red', 'Failed'],
  refused: ['red', 'Refused'],
  not_run: ['gray', 'Not run'],
};

/** A tool call in one line, unfolded to what went in and what came out. */
export function ToolCallView({
  step,
  isSelected,
  link,
}: {
  readonly step: ToolCall;
  readonly isSelected: boolean;
  readonly link: string;
}) {
  const [isOpen, setOpen] = useState(isSelected);
  const id = useId();
  useEffect(() => {
    if (isSelected) setOpen(true);
  }, [isSelected]);
  const [tone, label] = tones[step.status];
  const took =
    step.started_at === null || step.finished_at === null
      ? undefined
      : Date.parse(step.finished_at) - Date.parse(step.started_at);
  return (
    <div className={styles['call']}>
      <button
        type="button"
        className={styles['callHead']}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name={isOpen ? 'down' : 'right'} size={12} />
        <Icon name="tool" size={14} />
        <bdi className={styles['callName']}>{step.tool}</bdi>
        <bdi className={styles['callInput']}>{summaryOf(step.input)}</bdi>
        <span className={styles['callState']}>
          <Dot tone={tone} pulses={step.status === 'running'}>
            {label}
          </Dot>
          {took !== undefined && <span className="muted numbers">{formatDuration(took)}</span>}
        </span>
      </button>
      {isOpen && (
        <div id={id} className={styles['callBody']}>
          <div className="row wrap muted">
            <a href={link} className={styles['anchor']}>
              Link to this step
            </a>
            <span>{step.connection}</span>
            {step.started_at !== null && <ExactTime at={step.started_at} format={formatClock} />}
            {step.attempts > 1 && <span>{step.attempts} attempts</span>}
          </div>
          <h2>Input</h2>
          <JsonView value={step.input} label="Input" />
          {step.error !== null && (
            <div className="notice red">
              <Icon name="warning" />
              <span>
                <code>{step.error.code}</code> {oneLine(step.error.message, 2_000)}
              </span>
            </div>
          )}
          {step.output !== null && (
            <>
              <h2>Output</h2>
              <JsonView value={step.output} label="Output" />
            </>
          )}
          {step.late_outcome !== null && (
            <>
              <h2>What came back later</h2>
              <JsonView value={step.late_outcome} label="Late outcome" />
            </>
          )}
        </div>
      )}
    </div>
  );
}

/** The first few arguments, in a line. */
function summaryOf(input: ToolCall['input']): string {
  if (input === null) return '';
  return Object.entries(input)
    .slice(0, 4)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'string' ? value.slice(0, 80) : brief(value)}`,
    )
    .map((text) => oneLine(text, 100))
    .join(', ');
}

function brief(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[…]' : '{…}';
  return String(value);
}

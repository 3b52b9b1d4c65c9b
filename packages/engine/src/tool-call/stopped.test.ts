import type { ToolEffect } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { callWith, claimedCall, jobWith, reportedCall, stepOf } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import type { ToolOutcome } from '../domain/tool.ts';
import { claimCall } from './claim.ts';
import { recordOutcome } from './record-outcome.ts';

// Invariant 5 in a drain: what provably did not happen goes back, what may have happened is asked about.

const failure = { code: 'tool_aborted', message: 'The call was stopped.', retryable: true };
const unsent: ToolOutcome = { kind: 'not_executed', failure };
const cutOff: ToolOutcome = { kind: 'unknown', failure };

const jobOf = (effect: ToolEffect) =>
  jobWith({ phase: { name: 'calls', calls: [callWith({ effect })] } });
const stopped = { stopped: true };

test.each([
  ['a write that was not sent', 'writes', unsent],
  ['an idempotent call that was not sent', 'idempotent', unsent],
  ['an idempotent call that was cut off', 'idempotent', cutOff],
  ['a read that was cut off', 'reads', cutOff],
] as const)('%s goes back at once, with no attempt lost', (_name, effect, outcome) => {
  const { after } = reportedCall(claimedCall(jobOf(effect)), outcome, stopped);
  expect(stepOf(after)).toMatchObject({ status: 'ready', attempts: 0, crashes: 0, notBefore: 100 });
});

test('a write that was cut off is asked about', () => {
  const { after } = reportedCall(claimedCall(jobOf('writes')), cutOff, stopped);
  expect(stepOf(after)).toMatchObject({ status: 'unknown' });
});

test('nobody is asked any more about a write that was declared unknown, once it proves not to have been sent', () => {
  const job = claimedCall(jobOf('writes'));
  const { since, epoch } = stepOf(job);
  const declared = claimCall(job, { turn: 0, index: 0, since }, { now: 50, rules: defaultRules });
  if (declared.kind !== 'settled') throw new Error('the call must be given up');
  const report = { turn: 0, index: 0, epoch, outcome: unsent, link: 'link', ...stopped };
  const context = { rules: defaultRules, now: 100, random: 0 };
  const decision = recordOutcome(declared.transition.after, report, context);
  expect(decision).toMatchObject({
    kind: 'commit',
    transition: { after: { claims: [], phase: { calls: [{ step: { status: 'ready' } }] } } },
  });
});

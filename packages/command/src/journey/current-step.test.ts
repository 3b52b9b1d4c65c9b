import { expect, test } from 'vitest';
import { aJob, aTurn, completedTurn, runningCall, waitingFor } from '../../test/job-fixtures.ts';
import { currentStep } from './snapshot.ts';

const running = aJob({ status: 'in_progress' });
const calls = [runningCall(), runningCall({ index: 1, tool: 'slack_post' })];

test.each([
  ['Waiting in line', { job: aJob(), steps: [] }],
  ['Working', { job: running, steps: [] }],
  ['Asking the model', { job: running, steps: [aTurn()] }],
  ['Asking the model, attempt 2', { job: running, steps: [aTurn({ attempts: 2 })] }],
  ['Running gmail_fetch_mails, slack_post', { job: running, steps: [completedTurn(), ...calls] }],
  [
    'Waiting for the authorization of gmail',
    { job: aJob(waitingFor('gmail', 'http://localhost:3000/connect/a')), steps: [] },
  ],
  [
    'Waiting for a decision',
    {
      job: aJob({
        status: 'requires_action',
        required_action: { type: 'resolve_tool_outcome', approvals: [] },
      }),
      steps: [],
    },
  ],
  ['Done', { job: aJob({ status: 'completed' }), steps: [] }],
])('%s', (text, snapshot) => {
  expect(currentStep(snapshot)).toBe(text);
});

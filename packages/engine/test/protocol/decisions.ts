import { defaultRules } from '../../src/domain/rules.ts';
import { prepareCalls, requestedCalls } from '../../src/tool-call/prepare.ts';
import { type OutcomeDecision, recordOutcome } from '../../src/tool-call/record-outcome.ts';
import { recordReply } from '../../src/turn/record-reply.ts';
import { meaningOf, notMadeBecause } from '../../src/turn/reply-meaning.ts';
import { type Learnt, now, replyOf, type Scenario, toolTimeout, type World } from './world.ts';

/** No time passes: what is tried again may be at once. */
export const rulesOf = ({ callAttempts }: Scenario) => ({
  ...defaultRules,
  callAttempts,
  backOffBase: 0,
  toolTimeout,
  placeCheckInterval: 0,
  backOffCap: 0,
});

/** What the reply of a turn does to the job. */
export function decideReply(
  { job }: World,
  scenario: Scenario,
  { turn, epoch }: Extract<Learnt, { at: 'has reply' }>,
) {
  const reply = replyOf(scenario, turn);
  const toolSet = {
    tools: (['reads', 'idempotent', 'writes'] as const).map((effect) => ({
      name: `tool_${effect}`,
      tool: {
        name: `tool_${effect}`,
        description: '',
        inputSchema: {},
        connection: 'c',
        declaredEffect: effect,
      },
    })),
    policy: scenario.approve === true ? { approve: ['all'] as const } : {},
    effectOf: (tool: { declaredEffect?: 'reads' | 'idempotent' | 'writes' }) =>
      tool.declaredEffect ?? 'writes',
    ...(scenario.check === undefined ? {} : { checkOf: () => ({ wait: 0 }) }),
    problemsOf: () => [],
    link: 'link',
  };
  const prepared = prepareCalls(requestedCalls(reply.message), toolSet, {
    turn,
    sequence: job.sequence + 1,
    now,
    notMade: notMadeBecause(meaningOf(reply)),
  });
  return recordReply(job, { epoch, reply, prepared, toolsLoaded: 3 }, { now });
}

/** What the outcome of a call does to the job. */
export function decideOutcome(
  { job }: World,
  scenario: Scenario,
  { task, epoch, outcome }: Extract<Learnt, { at: 'has outcome' }>,
): OutcomeDecision {
  if (task.kind !== 'tool_call') throw new Error('only a call has an outcome');
  const { turn, index } = task;
  const report = { turn, index, epoch, outcome, link: 'link' };
  return recordOutcome(job, report, { rules: rulesOf(scenario), now, random: 0 });
}

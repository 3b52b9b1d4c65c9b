import { expect, test } from 'vitest';
import type { FailpointName } from '../src/processes/failpoint.ts';
import { expectSetAside, experiments } from './experiment.ts';

// Invariants 2 and 7: the count of claims sets a step aside, and retry opens its job again.
const experiment = experiments();
const deadly: FailpointName[] = ['before_model_call', 'before_tool_call'];

test.concurrent.for(deadly)(
  'a job that kills its worker at every %s is quarantined; others go on, and a retry goes on from there',
  async (point, context) => {
    const it = experiment(context);
    await expectSetAside(it, { point, action: { kind: 'kill' } });
    // Two turns, each asked for once: what was done before the step was kept.
    expect(it.modelCalls()).toBe(2);
  },
);

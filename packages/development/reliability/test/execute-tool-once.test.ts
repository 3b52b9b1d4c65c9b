import { requiredActionOf } from '@pawl/engine';
import type { FaultEffect } from '@pawl/sandbox';
import { expect, test } from 'vitest';
import { endingOf, hasEnded, rests } from '../src/testbed/namespace.ts';
import { callOf } from '../src/testbed/prompts.ts';
import { experiments } from './experiment.ts';

// Invariant 5: ExecuteTool is not repeated behind our back, through a running worker and over the real protocol.
const experiment = experiments();
const cutShort = { toolTimeout: 8_000 };

const lostAnswers: [string, FaultEffect][] = [
  ['gRPC Unavailable', { kind: 'grpc_status', code: 'Unavailable' }],
  ['HTTP 502', { kind: 'http_status', status: 502 }],
  ['a dropped connection', { kind: 'drop_connection' }],
  ['no answer until the deadline', { kind: 'hang' }],
];

test.concurrent.for(lostAnswers)(
  'a write that was performed and then answered with %s is performed once, and asked about',
  async ([, effect], context) => {
    const { testbed, namespace, user, post, performed } = experiment(context);
    testbed.sandbox.control.addFault({
      match: { operation: 'ExecuteTool', identifier: user },
      when: 'after-effect',
      times: 'always',
      effect,
    });
    await testbed.startWorker(namespace, effect.kind === 'hang' ? { timings: cutShort } : {});
    const { id } = await post([[callOf('writes', 'only')]]);
    const asking = await namespace.when(id, rests);
    expect(requiredActionOf(asking)).toMatchObject({ type: 'resolve_tool_outcome' });
    expect(performed()).toBe(1);
    await namespace.decide(asking, { decision: 'respond', output: 'it was sent' });
    const ended = await namespace.when(id, hasEnded);
    expect(endingOf(ended)).toEqual({ status: 'completed' });
    expect(performed()).toBe(1);
  },
);

test.concurrent('a read whose answer was lost is made again, and nobody is asked', async (context) => {
  const { testbed, namespace, user, post, performed } = experiment(context);
  testbed.sandbox.control.addFault({
    match: { operation: 'ExecuteTool', identifier: user },
    when: 'after-effect',
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  await testbed.startWorker(namespace);
  const { id } = await post([[callOf('reads', 'only')]]);
  expect(endingOf(await namespace.when(id, rests))).toEqual({ status: 'completed' });
  expect(performed()).toBe(2);
});

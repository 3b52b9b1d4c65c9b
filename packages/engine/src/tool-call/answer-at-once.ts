import type { OutcomeRecord } from '@pawl/contracts';
import { settledStep } from '../job/steps.ts';
import type { PreparedCall } from './prepare.ts';

/**
 * The calls with those settled that Pawl has answered itself: their outcomes are written with the reply (invariant 4).
 * A call that was refused stays so.
 *
 * @param answers by the call's place in the reply
 */
export function answerAtOnce(
  prepared: readonly PreparedCall[],
  answers: ReadonlyMap<number, OutcomeRecord['answer']>,
  { turn, now }: { turn: number; now: number },
): PreparedCall[] {
  return prepared.map((each, index) => {
    const { call, records } = each;
    const answer = answers.get(index);
    if (answer === undefined || call.step.status === 'settled') return each;
    const outcome: OutcomeRecord = {
      kind: 'outcome',
      turn,
      index,
      attempts: 1,
      startedAt: now,
      finishedAt: now,
      answer,
    };
    return {
      call: { ...call, step: settledStep(call.step, 'output' in answer ? 'succeeded' : 'failed') },
      records: [...records, outcome],
    };
  });
}

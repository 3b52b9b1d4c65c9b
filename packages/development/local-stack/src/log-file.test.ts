import { expect, test } from 'vitest';
import { endOfLog } from './log-file.ts';

test('the sentences that a service ended with are its end, without the lines for machines', () => {
  const log = '{"level":"error"}\n{"level":"fatal"}\nRedis did not answer.\nCheck REDIS_URL.\n';
  expect(endOfLog(log)).toEqual(['Redis did not answer.', 'Check REDIS_URL.']);
});

test('without a sentence, the last lines are', () => {
  const lines = Array.from({ length: 30 }, (_, index) => `{"line":${index}}`);
  expect(endOfLog(`${lines.join('\n')}\n`)).toEqual(lines.slice(-15));
});

test('an empty log has no end', () => {
  expect(endOfLog('\n')).toEqual([]);
});

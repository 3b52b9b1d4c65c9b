import { expect, test } from 'vitest';
import { runFailover } from '../src/failover/run-failover.ts';

// The short form of npm run test:failover.
test('with a guarded replica and the durable profile, a failover loses no accepted job and repeats no write', async () => {
  const result = await runFailover(
    {
      topology: 'replica, min-replicas-to-write 1',
      fault: 'SENTINEL FAILOVER',
      profile: 'durable',
    },
    { before: 1_000, after: 1_000, posters: 8, patience: 60_000, demotes: true },
  );
  expect(result).toMatchObject({ lost: 0, repeated: 0, open: 0 });
  expect(result.accepted).toBeGreaterThan(10);
});

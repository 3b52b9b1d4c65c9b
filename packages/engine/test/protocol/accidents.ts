import type { JobTask } from '@pawl/contracts';
import { taskName, withQueue, withWorker } from './world-changes.ts';
import type { Move, Scenario, WorkerState, World } from './world.ts';

/**
 * A death gives the held task back: its lock runs out, or others see that its process has closed its connections. So
 * does a lost lock while its holder goes on: it has stood still for too long, or was taken for gone.
 */
export function accidents(
  world: World,
  scenario: Scenario,
  worker: WorkerState,
  index: number,
): Move[] {
  if (worker.at === 'idle') return [];
  const few = scenario.accidents === 'lost locks in tool calls';
  if (few && worker.task.kind !== 'tool_call') return [];
  const tasks = 'next' in worker ? [worker.task, worker.next] : [worker.task];
  const held = tasks.filter((task) => world.queue[taskName(task)]?.holder === index);
  const giveBack = (given: readonly JobTask[]) =>
    withQueue(
      world,
      Object.fromEntries(given.map((task) => [taskName(task), { task, holder: null }])),
    );
  return [
    ...(world.crashesLeft > 0 && !few
      ? [
          {
            name: `worker ${index} dies at "${worker.at}"`,
            world: withWorker({ ...giveBack(held), crashesLeft: world.crashesLeft - 1 }, index, {
              at: 'idle',
            }),
          },
        ]
      : []),
    ...(world.lostLocksLeft > 0
      ? held.map((task) => ({
          name: `worker ${index} loses its lock, or is taken for gone, at "${worker.at}": ${taskName(task)}`,
          world: { ...giveBack([task]), lostLocksLeft: world.lostLocksLeft - 1 },
        }))
      : []),
  ];
}

import { dueWakes } from '../../src/job/wakes.ts';
import { addTask, taskName } from './world-changes.ts';
import { exchange, orphans } from './world-shares.ts';
import { now, toolTimeout, type Scenario, type Move, type World } from './world.ts';

/** The sweeper adds what is missing, and only that; it may die, too. */
export function sweep(world: World, scenario: Scenario): Move[] {
  const missing = dueWakes(world.job, now + toolTimeout)
    .map(({ task }) => task)
    .filter((task) => world.queue[taskName(task)] === undefined);
  const lost = orphans(world);
  const woken = exchange(world, scenario, { enter: missing });
  return [
    ...(missing.length > 0
      ? [{ name: 'the sweeper wakes', world: woken.granted.reduce(addTask, woken.world) }]
      : []),
    ...(missing.length > 0 && scenario.slots !== undefined && world.crashesLeft > 0
      ? [
          {
            name: 'the sweeper dies before it adds what it wakes',
            world: { ...woken.world, crashesLeft: world.crashesLeft - 1 },
          },
        ]
      : []),
    ...(lost.length > 0
      ? [{ name: 'the sweeper adds what has a share', world: lost.reduce(addTask, world) }]
      : []),
  ];
}

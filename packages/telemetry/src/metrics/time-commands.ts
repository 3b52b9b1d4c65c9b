import type { RedisConnection } from '@pawl/runtime';
import type { Recorder } from './recorder.ts';

/** These wait for something to come: their time says nothing of Redis. */
const blocking = new Set(['bzpopmin', 'blmove', 'brpoplpush', 'xread', 'subscribe', 'unsubscribe']);

type Send = (
  command: { readonly name: string; readonly promise: Promise<unknown> },
  ...others: unknown[]
) => unknown;

/** Measures every command of a connection that does not block. */
export function timeCommands(redis: RedisConnection, recorder: Recorder): void {
  const connection = redis as unknown as { sendCommand: Send };
  const send = connection.sendCommand.bind(redis);
  connection.sendCommand = (command, ...others) => {
    const begun = performance.now();
    const answer = send(command, ...others);
    const { name } = command;
    if (!blocking.has(name)) {
      const note = () =>
        recorder.observe(
          'pawl_redis_command_duration_seconds',
          { command: name },
          (performance.now() - begun) / 1_000,
        );
      command.promise.then(note, note);
    }
    return answer;
  };
}

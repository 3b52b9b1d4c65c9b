import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterrupt } from './interrupt.ts';

function listening() {
  const signals = new EventEmitter();
  const left: number[] = [];
  const clock = { time: 1_000 };
  const interrupt = listenForInterrupt({
    signals,
    now: () => clock.time,
    leave: (exitCode) => left.push(exitCode),
  });
  return { signals, left, clock, interrupt };
}

test('the first Ctrl-C aborts and does not leave', () => {
  const { signals, left, interrupt } = listening();
  expect(interrupt.signal.aborted).toBe(false);
  expect(interrupt.exitCode()).toBeUndefined();
  signals.emit('SIGINT');
  expect(interrupt.signal.aborted).toBe(true);
  expect(interrupt.exitCode()).toBe(130);
  expect(left).toEqual([]);
});

test('the second Ctrl-C leaves at once', () => {
  const { signals, left, clock } = listening();
  signals.emit('SIGINT');
  clock.time += 500;
  signals.emit('SIGINT');
  expect(left).toEqual([130]);
});

test('a Ctrl-C that npm passes on again is not a second one', () => {
  const { signals, left, clock } = listening();
  signals.emit('SIGINT');
  clock.time += 20;
  signals.emit('SIGINT');
  expect(left).toEqual([]);
});

test('a termination has its own exit code', () => {
  const { signals, interrupt } = listening();
  signals.emit('SIGTERM');
  expect(interrupt.exitCode()).toBe(143);
});

test('nothing is left listening afterwards', () => {
  const { signals, interrupt } = listening();
  interrupt.stopListening();
  expect(signals.eventNames()).toEqual([]);
});

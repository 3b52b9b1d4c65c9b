// The thread of src/watchdog.ts. Plain JavaScript, so that it runs without a build too.
import { writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { workerData } from 'node:worker_threads';

const { state, name, limit, isSilent, running, slotBytes } = workerData;
/** The main thread's counter, and whether a debugger is attached to it. */
const [beats, debugged] = [0, 1];
const ticksPerLimit = 10;

let lastBeat = Atomics.load(state, beats);
let still = 0;

// Ticks of this thread are counted, not time: one that was stopped itself has not watched meanwhile.
setInterval(() => {
  const beat = Atomics.load(state, beats);
  still = beat === lastBeat ? still + 1 : 0;
  lastBeat = beat;
  if (still <= ticksPerLimit || Atomics.load(state, debugged) === 1) return;
  try {
    if (!isSilent) writeSync(1, `${JSON.stringify(lastWords())}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}, limit / ticksPerLimit);

function lastWords() {
  return {
    level: 'fatal',
    time: new Date().toISOString(),
    pid: process.pid,
    hostname: hostname(),
    name,
    limit,
    running: runningWork(),
    msg: 'the event loop stood still for longer than its limit: the process is ended, with what was running in it',
  };
}

/** The main thread stands still, and writes nothing meanwhile. */
function runningWork() {
  const slots = Buffer.from(running);
  const work = [];
  for (let at = 0; at < slots.length; at += slotBytes) {
    const length = slots.readUInt16LE(at);
    if (length > 0) work.push(JSON.parse(slots.toString('utf8', at + 2, at + 2 + length)));
  }
  return work;
}

import { readFile } from 'node:fs/promises';
import type { Redis } from 'ioredis';

/** What processes have used until now. */
export interface Usage {
  /** Milliseconds of CPU time by the part that the process plays, such as `worker`. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Absent where there is no Redis. */
  readonly redis?: RedisTraffic;
}

export interface RedisTraffic {
  /** Commands that were run, those within scripts included. */
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Measured {
  /** Process numbers by the part that they play. */
  readonly processes: Readonly<Record<string, number>>;
  readonly redis?: Redis;
}

/** This process counts as the client. CPU time of other processes is known on Linux only. */
export async function readUsage({ processes, redis }: Measured): Promise<Usage> {
  const cpu: Record<string, number> = {};
  for (const [part, pid] of Object.entries(processes)) {
    const used = await cpuOf(pid);
    if (used !== undefined) cpu[part] = used;
  }
  const own = process.cpuUsage();
  cpu['client'] = (own.user + own.system) / 1_000;
  if (redis === undefined) return { cpu };
  const [times = '', commands = '', network = ''] = await Promise.all(
    ['cpu', 'commandstats', 'stats'].map((section) => redis.info(section)),
  );
  cpu['redis'] = 1_000 * (fieldOf(times, 'used_cpu_user') + fieldOf(times, 'used_cpu_sys'));
  const calls = [...commands.matchAll(/^cmdstat_[^:]+:calls=(\d+)/gm)];
  return {
    cpu,
    redis: {
      commands: calls.reduce((sum, [, count]) => sum + Number(count), 0),
      bytesIn: fieldOf(network, 'total_net_input_bytes'),
      bytesOut: fieldOf(network, 'total_net_output_bytes'),
    },
  };
}

/** What work answered, and the milliseconds of CPU that each part used meanwhile. */
export interface Measurement<Result> {
  readonly result: Result;
  /** 0 where the part is not known. */
  cpuOf(part: string): number;
}

/** Does some work, and tells what it cost. */
export async function measureWork<Result>(
  measured: Measured,
  work: () => Promise<Result>,
): Promise<Measurement<Result>> {
  const before = await readUsage(measured);
  const result = await work();
  const after = await readUsage(measured);
  return { result, cpuOf: (part) => (after.cpu[part] ?? 0) - (before.cpu[part] ?? 0) };
}

function fieldOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Linux counts in hundredths of a second. */
const tick = 10;

/** User and system time of a process in milliseconds. */
async function cpuOf(pid: number): Promise<number | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tick;
  } catch {
    return undefined;
  }
}

/** Resident memory of a process in MiB; undefined where it has ended, or the system does not tell. */
export async function memoryOf(pid: number): Promise<number | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]) / 1_024;
  } catch {
    return undefined;
  }
}

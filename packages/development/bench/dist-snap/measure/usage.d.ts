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
export declare function readUsage({ processes, redis }: Measured): Promise<Usage>;
/** Resident memory of a process in MiB; undefined where it has ended, or the system does not tell. */
export declare function memoryOf(pid: number): Promise<number | undefined>;

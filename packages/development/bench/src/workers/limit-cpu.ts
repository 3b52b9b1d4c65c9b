import { access, mkdir, rmdir, writeFile } from 'node:fs/promises';

const root = '/sys/fs/cgroup';

/** Microseconds after which a process that has used up its part goes on. */
const period = 10_000;

/** A process that may use a part of one core only. */
export interface LimitedProcess {
  /** Removes what the kernel keeps for it. The process must have ended. */
  forget(): Promise<void>;
}

/**
 * Lets a process use so much of one core, by a control group of the kernel's, version 1 or 2. Throws where this process
 * may not make one: it takes Linux and root.
 *
 * @param part 0 to 1
 */
export async function limitCpu(pid: number, part: number): Promise<LimitedProcess> {
  const hasVersion1 = await exists(`${root}/cpu/cpu.shares`);
  const group = `${root}/${hasVersion1 ? 'cpu/' : ''}pawl-bench-${pid}`;
  const quota = Math.round(period * part);
  const forget = () => rmdir(group);
  try {
    await mkdir(group);
    if (hasVersion1) {
      await writeFile(`${group}/cpu.cfs_period_us`, String(period));
      await writeFile(`${group}/cpu.cfs_quota_us`, String(quota));
    } else {
      await writeFile(`${group}/cpu.max`, `${quota} ${period}`);
    }
    await writeFile(`${group}/cgroup.procs`, String(pid));
  } catch (error) {
    await forget().catch(() => undefined);
    throw new Error(
      `process ${pid} cannot be limited to a part of a core: it takes Linux, root and a control group for the CPU`,
      { cause: error },
    );
  }
  return { forget };
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

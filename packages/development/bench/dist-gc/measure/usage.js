import { readFile } from 'node:fs/promises';
/** This process counts as the client. CPU time of other processes is known on Linux only. */
export async function readUsage({ processes, redis }) {
  const cpu = {};
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
function fieldOf(text, name) {
  return Number(new RegExp(`^${name}:(.*)$`, 'm').exec(text)?.[1] ?? 0);
}
/** Linux counts in hundredths of a second. */
const tick = 10;
/** User and system time of a process in milliseconds. */
async function cpuOf(pid) {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * tick;
  } catch {
    return undefined;
  }
}
/** Resident memory of a process in MiB; undefined where it has ended, or the system does not tell. */
export async function memoryOf(pid) {
  try {
    const text = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(text)?.[1]) / 1_024;
  } catch {
    return undefined;
  }
}
//# sourceMappingURL=usage.js.map

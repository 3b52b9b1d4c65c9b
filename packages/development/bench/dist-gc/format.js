import { medianOf } from './measure/load.js';
const parts = ['redis', 'server', 'gateway', 'worker', 'client', 'sandbox'];
/** A table in Markdown: medians over the rounds, the spread of the jobs per second, ratios to the first contender. */
export function formatRounds(rounds) {
  const names = [...new Set(rounds.map(({ contender }) => contender))];
  const ofName = (name) => rounds.filter(({ contender }) => contender === name);
  const median = (name, read) => medianOf(ofName(name).map(read));
  const [first = ''] = names;
  const floor = median(first, ({ jobsPerSecond }) => jobsPerSecond);
  const shownParts = parts.filter((part) => rounds.some(({ cpu }) => part in cpu));
  const header = [
    '',
    'jobs/s',
    'spread',
    `to ${first}`,
    'p50 unloaded, ms',
    'p50 loaded, ms',
    ...shownParts.map((part) => `CPU ms/job, ${part}`),
    'Redis commands/job',
    'kB to Redis/job',
    'kB from Redis/job',
  ];
  const lines = names.map((name) => {
    const speeds = ofName(name).map(({ jobsPerSecond }) => jobsPerSecond);
    const hasRedis = ofName(name).some(({ redis }) => redis !== undefined);
    const ofRedis = (read) =>
      hasRedis
        ? decimals(median(name, ({ redis }) => (redis === undefined ? 0 : read(redis))))
        : '';
    return [
      name,
      medianOf(speeds).toFixed(0),
      `${Math.min(...speeds).toFixed(0)}–${Math.max(...speeds).toFixed(0)}`,
      (medianOf(speeds) / floor).toFixed(2),
      decimals(median(name, ({ unloadedMedian }) => unloadedMedian)),
      decimals(median(name, ({ loadedMedian }) => loadedMedian)),
      ...shownParts.map((part) =>
        ofName(name).some(({ cpu }) => part in cpu)
          ? median(name, ({ cpu }) => cpu[part] ?? 0).toFixed(2)
          : '',
      ),
      ofRedis(({ commands }) => commands),
      ofRedis(({ bytesIn }) => bytesIn / 1_000),
      ofRedis(({ bytesOut }) => bytesOut / 1_000),
    ];
  });
  return [header, header.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
function decimals(value) {
  return value.toFixed(1);
}
//# sourceMappingURL=format.js.map

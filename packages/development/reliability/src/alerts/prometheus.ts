import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort, spawnWithParent } from '@pawl/local-stack';
import { waitFor } from '@pawl/testing/wait-for';
import { z } from 'zod';

/** A Prometheus with rules of its own, which looks at gateway and worker. */
export interface Prometheus {
  /** The names of the alerts that fire. */
  firing(): Promise<ReadonlySet<string>>;
  /** Whether it has read the metrics of everything that it looks at. */
  isReady(): Promise<boolean>;
  remove(): Promise<void>;
}

export interface PrometheusSettings {
  readonly rules: string;
  /** Ports of `/metrics` on this machine. */
  readonly gateway: number;
  readonly worker: number;
}

/**
 * Seconds. A gateway answers a scrape within five seconds though Redis does not answer, so no scrape may be given up
 * before.
 */
const gatewayInterval = 6;
const workerInterval = 2;

const Alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })),
  }),
});
const Vector = z.object({ data: z.object({ result: z.array(z.unknown()) }) });

/** @throws Error that says how to get it, where there is no `prometheus` on this machine */
export async function requirePrometheus(): Promise<void> {
  await promisify(execFile)('prometheus', ['--version']).catch(() => {
    throw new Error(
      'There is no prometheus on this machine. Install it, on Debian by ' +
        'apt-get install --no-install-recommends prometheus, or put the program from prometheus.io on the PATH.',
    );
  });
}

/** A line of the configuration: whose metrics are read, and how often. */
const target = (name: string, port: number, interval: number) =>
  `  - { job_name: ${name}, scrape_interval: ${interval}s, scrape_timeout: ${interval}s, ` +
  `static_configs: [{ targets: ['127.0.0.1:${port}'] }] }`;

export async function startPrometheus({
  rules,
  gateway,
  worker,
}: PrometheusSettings): Promise<Prometheus> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-prometheus-'));
  const configuration = [
    'global: { evaluation_interval: 1s }',
    'rule_files: [rules.yaml]',
    'scrape_configs:',
    target('gateway', gateway, gatewayInterval),
    target('worker', worker, workerInterval),
  ];
  await writeFile(join(directory, 'rules.yaml'), rules);
  await writeFile(join(directory, 'prometheus.yaml'), `${configuration.join('\n')}\n`);
  const port = await findFreePort();
  const child = spawnWithParent(
    'prometheus',
    [
      '--config.file=prometheus.yaml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    {
      directory,
      environment: { PATH: process.env['PATH'] },
      output: 'ignore',
      errorOutput: 'inherit',
    },
  );
  const exited = once(child, 'exit');
  const ask = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const isReady = async () => {
    const found = Vector.parse(await ask(`/api/v1/query?query=${encodeURIComponent('up == 1')}`));
    return found.data.result.length === 2;
  };
  const remove = async () => {
    child.kill('SIGTERM');
    await exited;
    await rm(directory, { recursive: true });
  };
  await waitFor(isReady, { intervalMilliseconds: 500, what: 'Prometheus to see all' }).catch(
    async (error: unknown) => {
      await remove();
      throw error;
    },
  );
  return {
    async firing() {
      const { alerts } = Alerts.parse(await ask('/api/v1/alerts')).data;
      const names = alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels.alertname);
      return new Set(names);
    },
    isReady,
    remove,
  };
}

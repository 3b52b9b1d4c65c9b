import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '@pawl/local-stack';
import { z } from 'zod';
import { createHttpClient } from '../http-client.js';
import { startOwnProgram, startProgram } from '../start-program.js';
const packages = { '@restatedev/restate-sdk': '1.17.2', '@restatedev/restate-server': '1.7.12' };
const Sent = z.object({ invocationId: z.string() });
/** Restate on one machine: a service of three steps in `ctx.run`, called through its ingress, then attached to. */
export const restate = {
  name: 'restate',
  description:
    'Restate over HTTP: a service of three ctx.run, sent with an idempotency key, then attached to',
  async start(place) {
    const folder = await install(place);
    const [node, ingress, admin, port] = await Promise.all([1, 2, 3, 4].map(() => findFreePort()));
    const server = await startProgram({
      program: serverIn(folder),
      arguments: ['--base-dir', place.directory, '--no-logo', '--listen-mode', 'tcp'].concat([
        '--bind-ip',
        '127.0.0.1',
        '--bind-port',
        String(node),
      ]),
      environment: {
        RESTATE_INGRESS__BIND_PORT: String(ingress),
        RESTATE_ADMIN__BIND_PORT: String(admin),
        RESTATE_DISABLE_TELEMETRY: 'true',
        DO_NOT_TRACK: '1',
      },
      directory: place.directory,
      isReady: /Ingress HTTP listening|ready|Partition/i,
    });
    const worker = await startOwnProgram(
      'restate-main',
      { PORT: String(port), PACKAGES: folder, RESTATE_LOGGING: 'WARN' },
      place,
    );
    const http = createHttpClient(`http://127.0.0.1:${ingress}`);
    const operator = createHttpClient(`http://127.0.0.1:${admin}`);
    const uri = `http://127.0.0.1:${port}`;
    await untilItWorks(() => operator.call('POST', '/deployments', { uri, force: true }));
    operator.close();
    await untilItWorks(async () => http.call('GET', '/restate/health'));
    return {
      processes: { server: server.pid, worker: worker.pid },
      async job() {
        const id = randomUUID();
        const headers = { 'idempotency-key': id };
        const sent = await http.call('POST', '/agent/run/send', { id }, headers);
        await http.call('GET', `/restate/invocation/${Sent.parse(sent).invocationId}/attach`);
      },
      async stop() {
        http.close();
        await worker.stop();
        await server.stop();
      },
    };
  },
};
/** Puts Restate into a folder of its own, where it stays: it is no dependency of Pawl. */
async function install({ root }) {
  const folder = join(root, '.pawl/bench/restate');
  if (existsSync(join(folder, 'node_modules/@restatedev/restate-server'))) return folder;
  process.stderr.write('Installing Restate …\n');
  await mkdir(folder, { recursive: true });
  const manifest = { name: 'bench-restate', private: true, dependencies: packages };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await promisify(execFile)('npm', ['install', ...flags], { cwd: folder });
  return folder;
}
function serverIn(folder) {
  const require = createRequire(
    join(folder, 'node_modules/@restatedev/restate-server/package.json'),
  );
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}/package.json`;
  return join(dirname(require.resolve(name)), 'bin/restate-server');
}
const patience = 60_000;
async function untilItWorks(work) {
  for (const startedAt = performance.now(); ;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() - startedAt > patience) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
//# sourceMappingURL=restate.js.map

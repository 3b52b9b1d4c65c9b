import { readSandboxEnvironment } from './env.ts';
import { startSandbox } from './start-sandbox.ts';

/** Runs a sandbox in the foreground until SIGTERM or SIGINT; one JSON line says that it is ready. */
async function main(): Promise<void> {
  const { publicUrl, ...address } = readSandboxEnvironment(process.env);
  const sandbox = await startSandbox({ ...address, ...(publicUrl && { publicUrl }) });
  const { origin, modelBaseUrl, clientId, clientSecret, modelApiKey } = sandbox;
  const ready = { sandbox: true, url: origin, modelBaseUrl, clientId, clientSecret, modelApiKey };
  process.stdout.write(`${JSON.stringify(ready)}\n`);

  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`sandbox: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

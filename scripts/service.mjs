// Runs one built service in this process, as in production: node scripts/service.mjs <entry> …
// In production the build is there already, and the tools that make it are not.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from './prepare.mjs';
import { root } from './run-quietly.mjs';

await import('./end-with-parent.mjs');
const [entry, ...argumentList] = process.argv.slice(2);
try {
  if (process.env.NODE_ENV !== 'production') await prepare();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const file = join(root, entry);
if (!existsSync(file)) {
  process.stderr.write('Not built: run npm run build first.\n');
  process.exit(1);
}
const { withEnvironmentFile } = await import('../packages/runtime/dist/environment.js');
Object.assign(process.env, withEnvironmentFile(process.env, root));
// An operator's command beside npm run serve is for the private Redis that runs there.
const isCommand = /\/(keys|limits)\.js$/.test(entry);
if (isCommand && !process.env.REDIS_URL && process.env.NODE_ENV !== 'production') {
  const { runningRedisUrl } = await import('../packages/development/local-stack/dist/index.js');
  const url = await runningRedisUrl(join(root, '.pawl'));
  if (url !== undefined) process.env.REDIS_URL = url;
}
process.argv = [process.argv[0], file, ...argumentList];
await import(pathToFileURL(file).href);

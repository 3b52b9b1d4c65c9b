// Runs a built service as it is in production; it ends with the process that started it.
import { pathToFileURL } from 'node:url';

const [, , entry = ''] = process.argv;
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
await import(pathToFileURL(entry).href);

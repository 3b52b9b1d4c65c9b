import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);

/** The reference server listens everywhere, and says which port it was told: here on this machine, and on a free one. */
const onLoopback = `data:text/javascript,${encodeURIComponent(
  `import net from 'node:net';
   const listen = net.Server.prototype.listen;
   net.Server.prototype.listen = function (_port, ...more) {
     this.once('listening', () => console.error('port ' + this.address().port));
     return listen.call(this, 0, '127.0.0.1', ...more);
   };`,
)}`;

/** The reference MCP server, which shows every part of the protocol, in a process of its own. */
export async function startEverythingServer(): Promise<{
  readonly port: number;
  close(): Promise<void>;
}> {
  const entry = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
  const child = spawn(process.execPath, ['--import', onLoopback, entry, 'streamableHttp'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  let port = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    port = Number(/^port (\d+)$/.exec(line)?.[1] ?? 0);
    if (port > 0) break;
  }
  child.stderr.resume();
  return {
    port,
    async close() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

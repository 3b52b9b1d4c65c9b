import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

const usualPort = 3000;
const loopbackAddresses = ['127.0.0.1', '::1'] as const;

/**
 * The gateway's port: the one that is asked for (see `stackProblems`), else 3000, else a free one.
 *
 * @throws Error if the one that is asked for is taken.
 */
export async function chooseGatewayPort(asked: string | undefined, host: string): Promise<number> {
  if (asked === undefined || asked.trim() === '') {
    return (await isTaken(usualPort, host)) ? await findFreePort() : usualPort;
  }
  const port = Number(asked);
  if (await isTaken(port, host)) {
    throw new Error(
      `Port ${port} (from PORT) is taken. End what listens there, set PORT to another, or leave ` +
        'it unset to get a free one.',
    );
  }
  return port;
}

/** Another program may listen on one of localhost's addresses only, or on all of them. */
async function isTaken(port: number, host: string): Promise<boolean> {
  const answers = await Promise.all(loopbackAddresses.map((address) => isAnswered(port, address)));
  return answers.includes(true) || !(await canListen(port, host));
}

async function isAnswered(port: number, host: string): Promise<boolean> {
  const socket = connect({ port, host, timeout: 1_000 });
  return await new Promise((resolve) => {
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** A port of the loopback address that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

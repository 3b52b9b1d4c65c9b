import { createHash } from 'node:crypto';
import { runCommand } from './run-command.ts';
import { type ServerWay, settingsFileName } from './server-command.ts';

const engines = ['docker', 'podman'] as const;

export interface ContainerSettings {
  readonly image: string;
  readonly pullTimeoutMilliseconds: number;
  readonly log: (line: string) => void;
}

/** Redis in a container, where an engine answers and has the image or can pull it in time. */
export async function findContainerServer(settings: ContainerSettings): Promise<ServerWay> {
  const reasons: string[] = [];
  for (const engine of engines) {
    const reason = await whyUnusable(engine, settings);
    if (reason === undefined) return containerWay(engine, settings.image);
    reasons.push(reason);
  }
  return { kind: 'unavailable', reason: reasons.join('; ') };
}

async function whyUnusable(
  engine: string,
  { image, pullTimeoutMilliseconds, log }: ContainerSettings,
): Promise<string | undefined> {
  const isQuick = { timeoutMilliseconds: 5_000 };
  const answer = await runCommand(engine, ['version', '--format', '{{.Server.Version}}'], isQuick);
  if (answer.kind === 'failed') return `no ${engine} engine answers`;
  const present = await runCommand(engine, ['image', 'inspect', image], isQuick);
  if (present.kind === 'done') return undefined;
  log(`Pulling the image ${image} with ${engine}.`);
  const pulled = await runCommand(engine, ['pull', '--quiet', image], {
    timeoutMilliseconds: pullTimeoutMilliseconds,
  });
  return pulled.kind === 'done' ? undefined : `${engine} cannot pull ${image}`;
}

function containerWay(engine: string, image: string): ServerWay {
  return {
    kind: 'found',
    command({ dataDirectory, port }) {
      const name = containerName(dataDirectory);
      const remove = (): Promise<unknown> =>
        runCommand(engine, ['rm', '--force', name], { timeoutMilliseconds: 20_000 });
      return {
        kind: 'container',
        description: `a ${engine} container of ${image}`,
        program: 'sh',
        // A container outlives a killed client: the one that an earlier run left is removed first.
        arguments: [
          '-c',
          '"$1" rm --force "$2" >/dev/null 2>&1; engine=$1; shift 2; exec "$engine" run "$@"',
          'sh',
          engine,
          name,
          '--rm',
          '--name',
          name,
          ...userArguments(),
          '--publish',
          `127.0.0.1:${port}:6379`,
          '--volume',
          `${dataDirectory}:/data`,
          image,
          'redis-server',
          `/data/${settingsFileName}`,
        ],
        environment: process.env,
        dataDirectory: '/data',
        address: '0.0.0.0',
        port: 6379,
        cleanUp: remove,
      };
    },
  };
}

function containerName(dataDirectory: string): string {
  return `pawl-redis-${createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12)}`;
}

/** The data must belong to whoever runs Pawl, not to the image's user. */
function userArguments(): string[] {
  const { getuid, getgid } = process;
  if (getuid === undefined || getgid === undefined) return [];
  return ['--user', `${getuid.call(process)}:${getgid.call(process)}`];
}

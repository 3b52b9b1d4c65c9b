import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EnvironmentProblem, EnvironmentSource } from '@pawl/runtime';
import { serviceEnvironment } from './service-environment.ts';
import { planStack, stackProblems } from './stack-plan.ts';

/** As good as what the local stack brings along, which need not run for its environment to be read. */
const standIn = {
  redisUrl: 'redis://127.0.0.1',
  sandbox: {
    url: 'http://127.0.0.1',
    modelBaseUrl: 'http://127.0.0.1',
    clientId: 'id',
    clientSecret: 'secret',
    modelApiKey: 'key',
  },
  // What PORT holds is the local stack's to judge.
  port: 3000,
};

/**
 * Everything that the local stack, the gateway or the worker refuses of the environment, one problem a
 * variable. Takes a second or two, since it loads what the services are made of.
 */
export async function environmentProblems(
  environment: EnvironmentSource,
  { repositoryRoot, host }: { readonly repositoryRoot: string; readonly host: string },
): Promise<EnvironmentProblem[]> {
  const plan = planStack(environment);
  const services = serviceEnvironment(environment, {
    plan,
    redisUrl: plan.privateRedis ? standIn.redisUrl : undefined,
    sandbox: standIn.sandbox,
    host,
    port: standIn.port,
  });
  const problems = [
    ...stackProblems(environment),
    ...(await serviceProblems(repositoryRoot, services)),
  ];
  return problems.filter(
    ({ variable }, index) => problems.findIndex((other) => other.variable === variable) === index,
  );
}

/** The built files that read the services' environments, and the functions that do. */
const readers = [
  ['services/gateway/dist/env.js', 'readGatewayEnvironment'],
  ['services/worker/dist/env.js', 'readWorkerEnvironment'],
] as const;

/**
 * What gateway and worker would refuse of this environment, before they are started: each of them
 * alone would tell its own part, and whichever ends first would be all that is seen.
 */
async function serviceProblems(
  repositoryRoot: string,
  environment: EnvironmentSource,
): Promise<EnvironmentProblem[]> {
  const problems = await Promise.all(
    readers.map(async ([file, name]) => {
      const module: unknown = await import(pathToFileURL(join(repositoryRoot, file)).href);
      return problemsOf(() => readerOf(module, name)(environment));
    }),
  );
  return problems.flat();
}

function readerOf(module: unknown, name: string): (environment: EnvironmentSource) => unknown {
  const reader = (module as Readonly<Record<string, unknown>>)[name];
  if (typeof reader !== 'function') throw new Error(`The build has no ${name}: run npm run build.`);
  return reader as (environment: EnvironmentSource) => unknown;
}

/** Its class is that of the build, which need not be the one that is loaded here. */
function problemsOf(read: () => unknown): readonly EnvironmentProblem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'EnvironmentError') throw error;
    return (error as Error & { problems: readonly EnvironmentProblem[] }).problems;
  }
}

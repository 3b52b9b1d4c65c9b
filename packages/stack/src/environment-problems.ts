import type { EnvironmentProblem, EnvironmentSource } from '@pawl/runtime';
import { serviceEnvironment } from './service-environment.ts';
import { serviceProblems } from './service-problems.ts';
import { planStack, stackProblems } from './stack-plan.ts';

/** As good as what the stack brings along, which need not run for its environment to be read. */
const standIn = {
  redisUrl: 'redis://127.0.0.1',
  sandbox: {
    url: 'http://127.0.0.1',
    modelBaseUrl: 'http://127.0.0.1',
    clientId: 'id',
    clientSecret: 'secret',
    modelApiKey: 'key',
  },
  // What PORT holds is the stack's to judge.
  port: 3000,
};

/**
 * Everything that the stack, the gateway or the worker refuses of the environment, one problem a
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

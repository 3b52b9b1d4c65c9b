import { type EnvironmentProblem, type EnvironmentSource, isLoopbackName } from '@pawl/runtime';

/** What the environment leaves to the local stack. */
export interface StackPlan {
  readonly privateRedis: boolean;
  /** The sandbox stands in for Scalekit. */
  readonly sandboxTools: boolean;
  /** The sandbox stands in for the model endpoint. */
  readonly sandboxModel: boolean;
}

const scalekit = [
  'SCALEKIT_ENVIRONMENT_URL',
  'SCALEKIT_CLIENT_ID',
  'SCALEKIT_CLIENT_SECRET',
] as const;
const model = ['FASTROUTER_API_KEY', 'FASTROUTER_BASE_URL'] as const;

/**
 * Decides what the local stack brings along: a private Redis and the sandbox, each for what is not
 * configured at all.
 */
export function planStack(environment: EnvironmentSource): StackPlan {
  const isSet = isSetIn(environment);
  return {
    privateRedis: !isSet('REDIS_URL'),
    sandboxTools: !scalekit.some(isSet),
    sandboxModel: !model.some(isSet),
  };
}

/**
 * What the local stack itself refuses: a configuration in part, in production anything that is missing, a
 * port that is none, and an address for others without anybody's API keys.
 */
export function stackProblems(environment: EnvironmentSource): EnvironmentProblem[] {
  const isSet = isSetIn(environment);
  const plan = planStack(environment);
  return [
    ...(environment['NODE_ENV'] === 'production' ? productionProblems(plan) : []),
    ...(plan.sandboxTools ? [] : partialProblems(isSet)),
    ...(isSet('FASTROUTER_BASE_URL') && !isSet('FASTROUTER_API_KEY') ? [missingModelKey] : []),
    ...(isUsablePort(environment['PORT']) ? [] : [unusablePort]),
    ...(plan.privateRedis && !isForThisMachine(environment['HOST']) ? [keylessHost] : []),
  ];
}

/** Whether it is left open, or names one that the gateway can be asked to take. */
function isUsablePort(text = ''): boolean {
  const port = Number(text);
  return text.trim() === '' || (Number.isInteger(port) && port > 0 && port < 65_536);
}

function isForThisMachine(host = ''): boolean {
  const name = host.trim();
  return name === '' || isLoopbackName(name);
}

const keylessHost: EnvironmentProblem = {
  variable: 'HOST',
  problem:
    'lets others reach the gateway, which therefore needs API keys, and the private Redis holds ' +
    'none. Set REDIS_URL to a Redis of your own and make a key with npm run keys -- create, or ' +
    'leave HOST unset.',
};

const unusablePort: EnvironmentProblem = {
  variable: 'PORT',
  problem:
    'is not usable: it must be a whole number from 1 to 65535. Leave it unset to get a free one.',
};

const missingModelKey: EnvironmentProblem = {
  variable: 'FASTROUTER_API_KEY',
  problem:
    'is not set, though FASTROUTER_BASE_URL is. Set it to the key of that endpoint, or to any ' +
    'word if it asks for none, as Ollama does.',
};

function isSetIn(environment: EnvironmentSource): (variable: string) => boolean {
  return (variable) => (environment[variable] ?? '').trim() !== '';
}

function productionProblems(plan: StackPlan): EnvironmentProblem[] {
  const problem = 'is not set, and with NODE_ENV=production nothing stands in for it.';
  return [
    ...(plan.privateRedis ? ['REDIS_URL'] : []),
    ...(plan.sandboxTools ? scalekit : []),
    ...(plan.sandboxModel ? ['FASTROUTER_API_KEY'] : []),
  ].map((variable) => ({ variable, problem }));
}

function partialProblems(isSet: (variable: string) => boolean): EnvironmentProblem[] {
  return scalekit
    .filter((variable) => !isSet(variable))
    .map((variable) => ({
      variable,
      problem:
        'is not set, though others of Scalekit are. Copy it from the Scalekit dashboard under ' +
        'API Keys, or unset all three to use the sandbox.',
    }));
}

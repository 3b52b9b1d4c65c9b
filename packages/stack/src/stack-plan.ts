import { EnvironmentError, type EnvironmentProblem, type EnvironmentSource } from '@pawl/runtime';

/** What the environment leaves to the stack. */
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
 * Decides what the stack brings along: a private Redis and the sandbox, each for what is not
 * configured at all. What is configured in part is a mistake, and in production so is anything
 * that is missing.
 *
 * @throws EnvironmentError with every problem at once.
 */
export function planStack(environment: EnvironmentSource): StackPlan {
  const isSet = (variable: string): boolean => (environment[variable] ?? '').trim() !== '';
  const plan: StackPlan = {
    privateRedis: !isSet('REDIS_URL'),
    sandboxTools: !scalekit.some(isSet),
    sandboxModel: !model.some(isSet),
  };
  const missing = environment['NODE_ENV'] === 'production' ? productionProblems(plan) : [];
  const partial = plan.sandboxTools ? [] : partialProblems(isSet);
  const problems = [...missing, ...partial];
  if (problems.length > 0) throw new EnvironmentError(problems);
  return plan;
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

import type { ApprovalDecision, ApprovalTarget, JobState, JsonObject } from '@pawl/contracts';
import { type DecisionOutcome, isIn, takeDecision } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { invalidField, ProblemError } from '../http/problem.ts';
import { lookupProblem } from '../http/refusals.ts';

/**
 * Takes a person's decision about a call of a job. Arguments that a person has edited have to fit the tool's schema,
 * as the model's have.
 *
 * @throws ProblemError for arguments that do not fit, and where the tool cannot be looked up now
 */
export async function decide(
  gateway: Gateway,
  { job, target, decision }: { job: JobState; target: ApprovalTarget; decision: ApprovalDecision },
): Promise<DecisionOutcome> {
  if (decision.decision === 'edit') await checkEdited(gateway, job, target, decision.input);
  return takeDecision(gateway.engine, target, decision);
}

async function checkEdited(
  { tools, schemas }: Gateway,
  job: JobState,
  { turn, index }: ApprovalTarget,
  input: JsonObject,
): Promise<void> {
  const call = isIn(job, 'calls') && job.turn === turn ? job.phase.calls[index] : undefined;
  if (call?.step.status === 'unknown') {
    throw invalidField('decision', 'must not be edit: the call was made already');
  }
  // Whoever decides too late is told so by the engine.
  if (call?.step.status !== 'awaiting_approval') return;
  const { tenant, user } = job;
  const listed = await tools.listTools({ tenant, user, connection: call.connection });
  if (listed.kind !== 'found') throw lookupProblem(listed);
  const tool = listed.value.find(({ name }) => name === call.tool);
  if (tool === undefined) throw invalidField('input', `is for ${call.tool}, which is gone`);
  const verdict = await schemas.check(tool.inputSchema, input);
  if (verdict.kind !== 'invalid') return;
  const invalidFields = verdict.problems.map(({ path, message }) => ({
    path: ['input', ...path.split('/').filter((part) => part !== '')].join('.'),
    message,
  }));
  const told = invalidFields.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new ProblemError('invalid_request', `The input does not fit ${call.tool}: ${told}.`, {
    invalidFields,
  });
}

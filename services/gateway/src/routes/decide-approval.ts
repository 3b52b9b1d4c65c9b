import { ApprovalDecision, ApprovalId, parseApprovalId } from '@pawl/contracts';
import { decideOutcome, decidedApprovalView } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { findJobState } from './find.ts';

/** `POST /v1/approvals/{id}`: taken once; the same decision again is a no-op, another one is 409. */
export function decideApproval(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const id = ApprovalId.safeParse(request.params['id']);
    if (!id.success) throw notFound(`approval ${String(request.params['id']).slice(0, 80)}`);
    const target = parseApprovalId(id.data);
    const job = await findJobState(gateway, { id: target.job, tenant, response });
    const decision = parseInput(ApprovalDecision, await readBody(request, response));
    const calls = await gateway.engine.store.readCalls(job.id, [target]);
    if (calls.length === 0) throw notFound(`approval ${id.data}`);
    const outcome = await decideOutcome(gateway.engine, target, decision);
    switch (outcome.kind) {
      case 'decided':
        response.json(decidedApprovalView(outcome.record, job, calls));
        return;
      case 'decided_otherwise':
        throw new ProblemError(
          'approval_decided',
          `Approval ${id.data} was decided before: ${outcome.record.decision.decision}.`,
        );
      case 'settled':
        throw new ProblemError(
          'approval_settled',
          `Nobody is asked about approval ${id.data} any more: the outcome became known, or the job ended.`,
        );
    }
  });
}

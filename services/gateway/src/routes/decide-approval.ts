import {
  ApprovalDecision,
  ApprovalId,
  type ApprovalTarget,
  parseApprovalId,
} from '@pawl/contracts';
import { approvalViews, decidedApprovalView, linksOf } from '@pawl/engine';
import { decide } from '../approvals/decide.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput, withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { findJobState } from './find.ts';

/** `POST /v1/approvals/{id}`: taken once; the same decision again is a no-op, another one is 409. */
export function decideApproval(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const target = targetOf(request.params['id']);
    const id = String(request.params['id']);
    const job = await findJobState(gateway, { id: target.job, tenant, response });
    const decision = parseInput(ApprovalDecision, await readBody(request, response));
    const outcome = await decide(gateway, { job, target, decision });
    switch (outcome.kind) {
      case 'decided': {
        const calls = await gateway.engine.store.readCalls(job.id, [target]);
        response.json(decidedApprovalView(outcome.record, job, calls));
        return;
      }
      case 'unknown_call':
        throw notFound(`approval ${id}`);
      case 'decided_otherwise':
        throw new ProblemError(
          'approval_decided',
          `Approval ${id} was decided before: ${outcome.record.decision.decision}.`,
        );
      case 'settled':
        throw new ProblemError(
          'approval_settled',
          `Nobody is asked about approval ${id} any more: the outcome became known, the time was over, or the job ended.`,
        );
    }
  });
}

/** `GET /v1/approvals/{id}`: while it waits for a person, and after somebody has decided. */
export function readApproval(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const target = targetOf(request.params['id']);
    const job = await findJobState(gateway, { id: target.job, tenant, response });
    const { store } = gateway.engine;
    const [calls, decided] = await Promise.all([
      store.readCalls(job.id, [target]),
      store.readDecision(target),
    ]);
    const approval =
      decided === undefined
        ? approvalViews(job, calls, linksOf(gateway.publicUrl)).find(
            ({ id }) => id === request.params['id'],
          )
        : decidedApprovalView(decided, job, calls);
    if (approval === undefined) throw notFound(`approval ${String(request.params['id'])}`);
    response.json(approval);
  });
}

function targetOf(id: unknown): ApprovalTarget {
  const known = ApprovalId.safeParse(id);
  if (!known.success) throw notFound(`approval ${String(id).slice(0, 80)}`);
  return parseApprovalId(known.data);
}

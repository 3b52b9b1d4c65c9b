import type { Job } from '@pawl/contracts';
import { blank, line, type Line } from './line.ts';
import { shortJson, singleLine } from './plain-text.ts';

/** The calls of which a person has to say whether they had their effect, each once. */
export function unknownOutcomeLines(previous: Job | undefined, next: Job): Line[] {
  const asked = new Set(approvalsOf(previous).map(({ id }) => id));
  const fresh = approvalsOf(next).filter(({ id }) => !asked.has(id));
  if (fresh.length === 0) return [];
  return [
    blank,
    line('A decision is required: it is not known whether this had its effect.', 'strong'),
    ...fresh.flatMap(({ id, tool, input }) => [
      line(`  ${singleLine(tool)}`),
      line(`  args: ${shortJson(input)}`, 'dim'),
      line(`  decide with POST /v1/approvals/${singleLine(id)}`),
    ]),
    line('Answer "respond" if it succeeded, "reject" if it failed, "approve" to try again.'),
  ];
}

function approvalsOf(job: Job | undefined) {
  const action = job?.required_action;
  return action?.type === 'resolve_tool_outcome' ? action.approvals : [];
}

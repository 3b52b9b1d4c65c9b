import type { Approval, ApprovalDecision } from '@pawl/client';
import type { Command } from 'commander';
import { UsageError } from '../command/errors.ts';
import { type Line, line, plainJson, singleLine } from '../journey/lines.ts';
import { type CommonOptions, type Open, showList, showOne, withCommonOptions } from './context.ts';
import { given, json, wholeNumber } from './options.ts';

interface ApproveOptions extends CommonOptions {
  readonly show?: true;
  readonly reject?: string;
  readonly edit?: unknown;
  readonly respond?: unknown;
  readonly user?: string;
  readonly limit: number;
}

/** `pawl approve`: what waits for a person, and what the person says. */
export function addApprove(program: Command, open: Open): void {
  withCommonOptions(program.command('approve'))
    .description('show the tool calls that wait for a decision, or decide about one')
    .argument('[approval]', 'default: list those that wait')
    .option('--show', 'show it and decide nothing')
    .option('--reject <message>', 'do not make the call; the model is told why')
    .option('--edit <json>', 'make it with these arguments', json)
    .option('--respond <json>', 'do not make it: this is its result', json)
    .option('--user <identifier>', 'list those of this person')
    .option('--limit <number>', 'how many are listed at most', wholeNumber, 20)
    .addHelpText('after', help)
    .action(async (id: string | undefined, options: ApproveOptions) => {
      const { url, json: asJson, user, limit, show, ...said } = options;
      const decision = decisionOf(said);
      const context = open({ url, json: asJson });
      const { client, signal } = context;
      if (id === undefined) {
        if (decision.decision !== 'approve') throw new UsageError('Say which approval is decided.');
        const listing = client.approvals.list({
          ...given({ user }),
          status: 'pending',
          limit: Math.min(100, limit + 1),
          signal,
        });
        await showList(context, listing, {
          columns,
          limit,
          empty: 'Nothing waits for a decision.',
        });
        return;
      }
      const approval =
        show === true
          ? await client.approvals.get(id, { signal })
          : await client.approvals.decide(id, decision, { signal });
      showOne(context, approval, approvalLines(approval));
    });
}

const columns = {
  id: (approval: Approval) => approval.id,
  asks: ({ type }: Approval) => (type === 'approve_tool_calls' ? 'may it run?' : 'did it work?'),
  tool: (approval: Approval) => approval.tool,
  user: (approval: Approval) => approval.user,
  input: (approval: Approval) => approval.input,
  expires: (approval: Approval) => approval.expires_at,
};

/** @throws UsageError where two things are said. */
function decisionOf({
  reject,
  edit,
  respond,
}: Pick<ApproveOptions, 'reject' | 'edit' | 'respond'>): ApprovalDecision {
  const said = [reject, edit, respond].filter((each) => each !== undefined);
  if (said.length > 1) throw new UsageError('Give one of --reject, --edit and --respond.');
  if (reject !== undefined) return { decision: 'reject', message: reject };
  if (edit !== undefined) return { decision: 'edit', input: objectOf(edit) };
  if (respond !== undefined) {
    return { decision: 'respond', output: respond };
  }
  return { decision: 'approve' };
}

function objectOf(value: unknown): Record<string, never> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, never>;
  }
  throw new UsageError('--edit has to be a JSON object: the arguments of the call.');
}

function approvalLines(approval: Approval): Line[] {
  const { decision, expires_at: expires } = approval;
  return [
    line(
      `${approval.id}  ${approval.status}${decision === null ? '' : `: ${decision.decision}`}`,
      'strong',
    ),
    line(`${approval.job}, user ${singleLine(approval.user)}`, 'dim'),
    line(`${singleLine(approval.tool)} (${approval.effect})`),
    line(plainJson(approval.input, 2)),
    ...(approval.reason === null ? [] : [line(singleLine(approval.reason), 'failure')]),
    ...(decision !== null || expires === null
      ? []
      : [line(`It counts as rejected from ${expires} on.`, 'dim')]),
  ];
}

const help = `
A call that waits to be made:     pawl approve apr_…             it is made as it is
                                  pawl approve apr_… --edit '{"to":"bob@example.com"}'
                                  pawl approve apr_… --reject 'Not to customers.'
One whose outcome is not known:   pawl approve apr_…             it is made again
                                  pawl approve apr_… --respond '{"id":"123"}'   it had worked
                                  pawl approve apr_… --reject 'It is not in the outbox.'   it had failed`;

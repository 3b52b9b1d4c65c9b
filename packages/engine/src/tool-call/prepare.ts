import {
  argumentsDepthLimit,
  type Failure,
  isTextNestedDeeper,
  type JsonObject,
  JsonObject as JsonObjectSchema,
  type OutcomeRecord,
  type StepRecord,
  type ToolCall,
  type ToolEffect,
} from '@pawl/contracts';
import { z } from 'zod';
import type { OfferedTool, Tool } from '../domain/tool.ts';
import { awaitingApproval, freshStep, settledStep } from '../job/steps.ts';
import { isAllowed, needsApproval, ownArguments, type ToolPolicy } from '../tool/offer.ts';
import { inexactNumber, wellFormed } from '../turn/json-text.ts';

/** A tool call of a reply, made ready to run or refused with the reason that the model is told. */
export interface PreparedCall {
  readonly call: ToolCall;
  readonly records: readonly StepRecord[];
}

/** What a reply's calls are checked against. */
export interface ToolSet {
  /** Every tool of the job's connections, under the name that the model sees. */
  readonly tools: readonly OfferedTool[];
  readonly policy: ToolPolicy;
  readonly effectOf: (tool: Tool) => ToolEffect;
  /** How a call is looked up of which nobody knows whether it happened; absent: none can be. */
  readonly checkOf?: ((tool: Tool) => ToolCall['check']) | undefined;
  /** In what the arguments of this call of the reply do not fit their tool's schema; empty when they fit. */
  readonly problemsOf: (index: number) => readonly string[];
  /** The secret part of the link under which a person approves calls of this turn. */
  readonly link: string;
}

const RequestedCall = z.object({
  id: z.string(),
  type: z.literal('function').optional(),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

type RequestedCall = z.infer<typeof RequestedCall>;

const RequestedCalls = z.array(RequestedCall);

/** The tool calls that an assistant message asks for, in order. Throws a ZodError on calls that are not functions. */
export function requestedCalls(assistantMessage: JsonObject): RequestedCall[] {
  return RequestedCalls.parse(assistantMessage['tool_calls'] ?? []);
}

/** A call whose arguments can be checked against its tool's schema. */
export interface CheckableCall {
  /** Its place in the reply. */
  readonly index: number;
  readonly tool: Tool;
  readonly arguments: JsonObject;
}

/** The calls of a reply that `prepareCalls` asks for the problems of: schemas are checked elsewhere, since that takes time. */
export function checkableCalls(
  requested: readonly RequestedCall[],
  toolSet: Pick<ToolSet, 'tools' | 'policy'>,
): CheckableCall[] {
  return requested.flatMap((request, index) => {
    const tool = toolSet.tools.find(({ name }) => name === request.function.name)?.tool;
    const checked = read(request, tool, toolSet);
    return tool === undefined || 'failure' in checked
      ? []
      : [{ index, tool, arguments: checked.arguments }];
  });
}

export interface CallsOfTurn {
  readonly turn: number;
  readonly sequence: number;
  readonly now: number;
  /** Why none of the reply's calls is made, whatever it asks for. */
  readonly notMade?: Failure | undefined;
}

/**
 * Checks every requested call before any of them runs. A refused call is settled at once: the model reads what was
 * wrong, and the tool is not called.
 */
export function prepareCalls(
  requested: readonly RequestedCall[],
  toolSet: ToolSet,
  { turn, sequence, now, notMade }: CallsOfTurn,
): PreparedCall[] {
  const toolsByName = new Map(toolSet.tools.map((offered) => [offered.name, offered.tool]));
  return requested.map((request, index) => {
    const tool = toolsByName.get(request.function.name);
    const checked =
      notMade === undefined
        ? check(read(request, tool, toolSet), { request, index }, toolSet)
        : { failure: notMade };
    const identity = {
      callId: request.id,
      name: request.function.name,
      tool: tool?.name ?? request.function.name,
      connection: tool?.connection ?? '',
    };
    const fresh = freshStep(sequence, now);
    const refused = 'failure' in checked;
    const effect = tool === undefined ? 'writes' : toolSet.effectOf(tool);
    const lookup = tool !== undefined && effect === 'writes' ? toolSet.checkOf?.(tool) : undefined;
    const approval = refused ? undefined : approvalOf({ tool: identity.tool, effect }, toolSet);
    const open =
      approval === undefined
        ? fresh
        : awaitingApproval(fresh, { sequence, at: now, within: approval.within });
    return {
      call: {
        effect,
        ...identity,
        inDoubt: false,
        ...(lookup === undefined ? {} : { check: lookup }),
        ...(approval === undefined ? {} : { approval }),
        step: refused ? settledStep(fresh, 'refused') : open,
      },
      records: [
        {
          kind: 'call',
          turn,
          index,
          ...identity,
          rawArguments: request.function.arguments,
          ...(refused ? {} : { arguments: checked.arguments }),
          ...(approval === undefined ? {} : { link: approval.link }),
        },
        ...(refused ? [refusal(checked.failure, { turn, index, now })] : []),
      ],
    };
  });
}

function approvalOf(
  call: { readonly tool: string; readonly effect: ToolEffect },
  { policy, link }: Pick<ToolSet, 'policy' | 'link'>,
): ToolCall['approval'] {
  if (!needsApproval(policy.approve ?? [], call)) return undefined;
  const { approvalSeconds: seconds } = policy;
  return { link, ...(seconds === undefined ? {} : { within: seconds * 1_000 }) };
}

function refusal(
  failure: Failure,
  { turn, index, now }: { turn: number; index: number; now: number },
): OutcomeRecord {
  return { kind: 'outcome', turn, index, attempts: 0, finishedAt: now, answer: { failure } };
}

type Checked = { readonly arguments: JsonObject } | { readonly failure: Failure };

function check(
  checked: Checked,
  { request, index }: { request: RequestedCall; index: number },
  { problemsOf }: ToolSet,
): Checked {
  if ('failure' in checked) return checked;
  const problems = problemsOf(index);
  if (problems.length === 0) return checked;
  return refuse(
    'invalid_arguments',
    `The arguments do not fit ${request.function.name}: ${problems.join('; ')}.`,
  );
}

/** The arguments of a call, before they are compared with their schema. */
function read(
  request: RequestedCall,
  tool: Tool | undefined,
  { policy }: Pick<ToolSet, 'policy'>,
): Checked {
  const { name, arguments: text } = request.function;
  if (tool === undefined) return refuse('unknown_tool', `There is no tool named ${name}.`);
  if (!isAllowed(policy, tool.name)) {
    return refuse('tool_denied', `This job may not call ${name}.`);
  }
  const parsed = parseArguments(text);
  return 'failure' in parsed ? parsed : { arguments: ownArguments(tool, parsed.arguments) };
}

/** Models send an empty string for "no arguments". Half an emoji would have the whole call refused on the wire. */
function parseArguments(text: string): Checked {
  if (isTextNestedDeeper(text, argumentsDepthLimit)) {
    return refuse(
      'invalid_arguments',
      `The arguments are nested deeper than ${argumentsDepthLimit} levels.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === '' ? '{}' : text);
  } catch (error) {
    return refuse(
      'invalid_json',
      `The arguments are not valid JSON: ${(error as SyntaxError).message}`,
    );
  }
  const number = inexactNumber(text);
  if (number !== undefined) {
    return refuse(
      'inexact_number',
      `The arguments hold the number ${number.slice(0, 60)}, which would lose digits on its way to the tool: ` +
        'the call was not made. Give it as a string if the tool takes one.',
    );
  }
  const parsed = JsonObjectSchema.safeParse(value);
  return parsed.success
    ? { arguments: wellFormed(parsed.data) }
    : refuse('invalid_arguments', 'The arguments must be a JSON object.');
}

function refuse(code: string, message: string): { failure: Failure } {
  return { failure: { code, message, retryable: false } };
}

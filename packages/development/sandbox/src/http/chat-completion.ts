import type { Request, Response } from 'express';
import type { HookedModelCall } from '../control/hooks.ts';
import type { ModelRequest } from '../control/records.ts';
import { applyHttpFault } from '../faults/apply-http-fault.ts';
import { parseFaultHeader } from '../faults/fault-header.ts';
import type { Fault } from '../faults/fault.ts';
import { answerRequest, spoilArguments } from '../model/answer-request.ts';
import { currentPrompt, textOf, type ChatRequest } from '../model/chat-request.ts';
import { parseChatRequest } from '../model/check-request.ts';
import { completionBody, completionChunks } from '../model/completion.ts';
import { textOfTools } from '../model/known-tools.ts';
import { invalidRequest } from '../model/model-error.ts';
import { sendOddReply } from '../model/odd-replies.ts';
import type { Answer } from '../model/reply.ts';
import { sendChunks, sendStreamError } from '../model/send-answer.ts';
import { usageOf } from '../model/usage.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import { clientSignal } from './fault-middleware.ts';

const mostKeptBody = 64 * 1024;

/** Faults that a gateway answers by trying the next model of `models`. */
const fallsBack = new Set<Fault['effect']['kind']>([
  'http_status',
  'quota_exhausted',
  'rate_limited',
]);

interface Exchange {
  readonly parts: SandboxParts;
  readonly request: ChatRequest;
  readonly response: Response;
  readonly signal: AbortSignal;
  readonly prompt: string;
}

function keptHeaders(request: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'authorization' && name !== 'cookie'
        ? [[name, value]]
        : [],
    ),
  );
}

function recordArrival(
  { records, now }: SandboxParts,
  request: Request,
  response: Response,
): ModelRequest {
  const body = request.body as Partial<ChatRequest> | undefined;
  const length = Number(request.headers['content-length'] ?? 0);
  const arrival: ModelRequest = {
    model: typeof body?.model === 'string' ? body.model : '',
    prompt: '',
    messageCount: Array.isArray(body?.messages) ? body.messages.length : 0,
    toolNames: [],
    turn: 0,
    stream: body?.stream === true,
    body: length <= mostKeptBody ? body : { sandbox_left_out_bytes: length },
    headers: keptHeaders(request),
    time: new Date(now()).toISOString(),
    status: undefined,
    answered: false,
  };
  records.modelRequests.add(arrival);
  response.on('finish', () => {
    arrival.status = response.statusCode;
  });
  return arrival;
}

function describeModelCall(exchange: Exchange, model: string) {
  const provider = model.includes('/') ? model.slice(0, model.indexOf('/')) : '';
  return { operation: 'model', model, provider, prompt: exchange.prompt };
}

/** The first of the models asked for that no fault stands against, and the fault that strikes. */
function chooseModel(exchange: Exchange, headerFault: Fault | undefined) {
  const { request, parts } = exchange;
  if (headerFault) return { model: request.model, fault: headerFault };
  const candidates = [...new Set([request.model, ...(request.models ?? [])])];
  let chosen: { model: string; fault: Fault | undefined } = {
    model: request.model,
    fault: undefined,
  };
  for (const model of candidates) {
    chosen = { model, fault: parts.faults.take(describeModelCall(exchange, model)) };
    const { fault } = chosen;
    if (!fault || fault.when === 'after-effect' || !fallsBack.has(fault.effect.kind)) break;
  }
  return chosen;
}

function strike(exchange: Exchange, fault: Fault, model: string) {
  const { parts, response, signal, request } = exchange;
  if (fault.effect.kind === 'error_in_success' && request.stream) {
    sendStreamError(response, fault.effect.message ?? 'The provider returned an error');
    return Promise.resolve('ended' as const);
  }
  return applyHttpFault(fault.effect, {
    call: describeModelCall(exchange, model),
    holds: parts.holds,
    now: parts.now,
    signal,
    response,
  });
}

function wantsCost(parts: SandboxParts, turn: number): boolean {
  if (parts.usageCost === 'sometimes') return turn % 2 === 0;
  return parts.usageCost === 'always';
}

async function send(
  exchange: Exchange,
  answer: Answer,
  about: { model: string; turn: number },
  fault: Fault | undefined,
) {
  const { parts, request, response } = exchange;
  const promptText = request.messages.map((message) => textOf(message.content)).join('\n');
  const tools = request.tools ? textOfTools(request.tools) : '';
  const usage = usageOf(promptText + tools, answer, wantsCost(parts, about.turn));
  const envelope = { model: about.model, createdAt: parts.now() };
  const late = fault?.when === 'after-effect' ? fault : undefined;
  if (fault?.effect.kind === 'odd_reply') {
    const completion = completionBody(answer, usage, envelope);
    sendOddReply(response, fault.effect.oddity, {
      completion,
      isStreamed: request.stream === true,
    });
    return;
  }
  if (!request.stream) {
    if (late && (await strike(exchange, late, about.model)) === 'ended') return;
    response.json(completionBody(answer, usage, envelope));
    return;
  }
  const kind = late?.effect.kind;
  if (late && kind !== undefined && fallsBack.has(kind)) {
    await strike(exchange, late, about.model);
    return;
  }
  const included = request.stream_options?.include_usage ? usage : undefined;
  const cut = late ? () => strike(exchange, late, about.model) : undefined;
  await sendChunks(response, completionChunks(answer, included, envelope), cut);
}

function headerFaultOf(request: Request): Fault | undefined {
  const header = request.get('x-sandbox-fault');
  if (header === undefined) return undefined;
  try {
    return parseFaultHeader(header);
  } catch (error) {
    throw invalidRequest(error instanceof Error ? error.message : String(error), 'x-sandbox-fault');
  }
}

/** One call of the stand-in model, with its faults, hooks and record. Throws `ModelError`. */
export async function chatCompletion(
  parts: SandboxParts,
  httpRequest: Request,
  response: Response,
): Promise<void> {
  const arrival = recordArrival(parts, httpRequest, response);
  const request = parseChatRequest(httpRequest.body, parts.endpoint);
  const { prompt, turn } = currentPrompt(request.messages);
  arrival.prompt = prompt.slice(0, mostKeptBody);
  arrival.turn = turn;
  arrival.toolNames = (request.tools ?? []).map((tool) => tool.function.name);

  const signal = clientSignal(response);
  const exchange: Exchange = { parts, request, response, signal, prompt };
  const { model, fault } = chooseModel(exchange, headerFaultOf(httpRequest));
  arrival.model = model;
  if (fault?.when === 'before-effect' && (await strike(exchange, fault, model)) === 'ended') return;

  const call: HookedModelCall = { model, prompt, turn, body: request };
  await parts.hooks.run('model.before_answer', call);
  const made = await answerRequest(request, model, parts.scripts);
  const answer = fault?.effect.kind === 'bad_arguments' ? spoilArguments(made) : made;
  arrival.answered = true;
  await parts.hooks.run('model.after_answer', call);
  if (signal.aborted) return;
  await send(exchange, answer, { model, turn }, fault);
}

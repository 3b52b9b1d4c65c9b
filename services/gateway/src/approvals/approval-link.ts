import {
  type Approval,
  ApprovalDecision,
  formatApprovalId,
  type JobState,
  type Json,
  parseApprovalId,
  type StepRecord,
} from '@pawl/contracts';
import { approvalViews, decidedApprovalView, type JobParts, linksOf } from '@pawl/engine';
import { type Request, type RequestHandler, type Response, urlencoded } from 'express';
import type { Gateway } from '../gateway.ts';
import { ProblemError } from '../http/problem.ts';
import { note } from '../http/request-log.ts';
import { isSameSecret, parseLinkToken } from '../oauth/link-token.ts';
import { isSentFromPage, type PageAddress, provePage } from '../oauth/page-proof.ts';
import { allowForm, sendPage } from '../oauth/page.ts';
import { pages } from '../oauth/pages.ts';
import { renderApprovalPage, type ShownCall } from './approval-page.ts';
import { decide } from './decide.ts';

/**
 * `GET /approve/{token}`: the page on which a person decides. It decides nothing by being opened, since mail scanners
 * and browsers open links ahead of people; afterwards it shows what was decided, and when.
 */
export function showApproval(gateway: Gateway): RequestHandler {
  return async (request, response) => {
    const asked = await findAsked(gateway, request, response);
    if (asked === undefined) return;
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    sendApprovalPage(gateway, { request, response, asked });
  };
}

/** `POST /approve/{token}`: a decision that was made on the page itself. */
export function takeApproval(gateway: Gateway): RequestHandler {
  return async (request, response) => {
    const asked = await findAsked(gateway, request, response);
    if (asked === undefined) return;
    const form = await readForm(request, response);
    const address = addressOf(gateway, request);
    if (form === undefined || !isSentFromPage(request, address, form['proof'])) {
      const problem = 'That was not sent from this page. Decide here, if you want to.';
      return sendApprovalPage(gateway, { request, response, asked, problem, status: 403 });
    }
    const call = asked.calls.find(({ id }) => id === form['approval']);
    const decision = decisionOf(form);
    if (call === undefined || 'problem' in decision) {
      const problem = 'problem' in decision ? decision.problem : 'That call is not one of these.';
      return sendApprovalPage(gateway, { request, response, asked, problem, status: 400 });
    }
    try {
      const target = parseApprovalId(call.id);
      await decide(gateway, { job: asked.parts.job, target, decision: decision.decision });
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { message: problem, status } = error;
      return sendApprovalPage(gateway, { request, response, asked, problem, status });
    }
    // What became of it, whoever was first.
    response.redirect(303, `${gateway.publicUrl}${address.path}`);
  };
}

interface Asked {
  readonly parts: JobParts;
  readonly calls: readonly ShownCall[];
}

/** What the link asks; undefined where nothing is known of it, which the browser has been told then. */
async function findAsked(
  { engine: { store }, publicUrl }: Gateway,
  request: Request,
  response: Response,
): Promise<Asked | undefined> {
  const token = parseLinkToken(String(request.params['token']));
  const parts =
    token !== undefined && store.knowsShardOf(token.job)
      ? await store.readJobParts(token.job)
      : undefined;
  const steps = parts === undefined ? [] : await store.readSteps(parts.job.id);
  const calls =
    token === undefined || parts === undefined
      ? []
      : shownCalls(parts.job, steps, { link: token.link, publicUrl });
  if (parts === undefined || calls.length === 0) {
    sendPage(response, pages.unknownLink);
    return undefined;
  }
  note(response, { job: parts.job.id, tenant: parts.job.tenant });
  return { parts, calls };
}

/** The calls that were put under this link, as they stand now. */
function shownCalls(
  job: JobState,
  steps: readonly StepRecord[],
  { link, publicUrl }: { readonly link: string; readonly publicUrl: string },
): ShownCall[] {
  const records = steps
    .filter((step) => step.kind === 'call')
    .filter((call) => call.link !== undefined && isSameSecret(call.link, link));
  const pending = approvalViews(job, records, linksOf(publicUrl));
  return records
    .toSorted((one, other) => one.turn - other.turn || one.index - other.index)
    .map((call) => {
      const target = { job: job.id, turn: call.turn, index: call.index, epoch: 0 };
      const id = formatApprovalId(target);
      const decided = steps
        .filter((step) => step.kind === 'decision')
        .find((step) => step.turn === call.turn && step.index === call.index && step.epoch === 0);
      const approval =
        decided === undefined
          ? pending.find((each) => each.id === id)
          : decidedApprovalView(decided, job, [call]);
      return {
        id,
        tool: call.tool,
        connection: call.connection,
        effect: approval?.effect ?? 'writes',
        input: call.arguments ?? {},
        state: stateOf(job, approval),
      };
    });
}

function stateOf(job: JobState, approval: Approval | undefined): ShownCall['state'] {
  if (approval?.decision && approval.decided_at !== null) {
    return { name: 'decided', decision: approval.decision, at: approval.decided_at };
  }
  if (approval !== undefined) return { name: 'pending', until: approval.expires_at ?? '' };
  const reason =
    job.phase.name === 'ended' && job.phase.from.name === 'calls'
      ? 'The job has ended, so the call was not made.'
      : 'Nobody decided in time, so the call was not made.';
  return { name: 'over', reason };
}

interface Answer {
  readonly request: Request;
  readonly response: Response;
  readonly asked: Asked;
  readonly problem?: string;
  readonly status?: number;
}

function sendApprovalPage(
  gateway: Gateway,
  { request, response, asked: { parts, calls }, problem, status = 200 }: Answer,
): void {
  const { job } = parts;
  allowForm(response);
  const proof = provePage(request, response, addressOf(gateway, request));
  const page = renderApprovalPage({
    application: gateway.settings.applicationName ?? new URL(gateway.publicUrl).host,
    agent: job.agent?.name ?? null,
    user: job.user,
    prompt: shortened(parts.request.prompt),
    calls,
    proof,
    problem,
  });
  response.status(status).type('html').send(page);
}

function shortened(prompt: string): string {
  return prompt.length > 1_000 ? `${prompt.slice(0, 1_000)} …` : prompt;
}

function addressOf({ publicUrl }: Gateway, request: Request): PageAddress {
  return { publicUrl, path: `/approve/${encodeURIComponent(String(request.params['token']))}` };
}

/** A form holds all of a call's arguments, percent-encoded. */
const parseForm = urlencoded({ extended: false, limit: '4mb', parameterLimit: 10 });

async function readForm(
  request: Request,
  response: Response,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const isRead = await new Promise<boolean>((resolve) => {
    parseForm(request, response, (error?: unknown) => resolve(error === undefined));
  });
  return isRead ? (request.body as Record<string, unknown> | undefined) : undefined;
}

type Given = { readonly decision: ApprovalDecision } | { readonly problem: string };

function decisionOf(form: Readonly<Record<string, unknown>>): Given {
  const text = (name: string) => {
    const value = form[name];
    return typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : '';
  };
  switch (form['decision']) {
    case 'approve':
      return { decision: { decision: 'approve' } };
    case 'reject':
      return checked({ decision: 'reject', message: text('message') || 'No reason was given.' });
    case 'respond':
      return checked({ decision: 'respond', output: text('output') });
    case 'edit':
      return checked({ decision: 'edit', input: jsonIn(text('input')) });
    default:
      return { problem: 'Choose one of the buttons.' };
  }
}

function checked(decision: unknown): Given {
  const parsed = ApprovalDecision.safeParse(decision);
  if (parsed.success) return { decision: parsed.data };
  return { problem: 'The arguments have to be one JSON object. Nothing was decided.' };
}

function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

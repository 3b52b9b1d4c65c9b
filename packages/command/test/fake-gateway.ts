import { onTestFinished } from 'vitest';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Job, JobRequest, type JobRequestInput, JobStepList, Problem } from '@pawl/contracts';
import { z } from 'zod';
import { isEnded, type Snapshot } from '../src/journey/snapshot.ts';

/** A state of the job; it is reached when its condition is met, at once if it has none. */
export interface Stage {
  readonly snapshot: Snapshot;
  readonly when?: Promise<unknown>;
}

/** Answers the next request of one route in another way, once. */
export interface Fault {
  readonly on: string;
  readonly fault:
    | { readonly kind: 'drop' }
    | { readonly kind: 'drop_after_effect' }
    | { readonly kind: 'problem'; readonly problem: Problem; readonly retryAfter?: number };
}

export interface FakeGatewayScript {
  /** The first is the answer to the POST. */
  readonly stages: readonly Stage[];
  /** The answer to a cancellation; without it, one is refused as unscripted. */
  readonly cancelled?: Snapshot['job'];
  readonly apiKey?: string;
  readonly faults?: readonly Fault[];
  /** Further paths, such as the browser's. */
  readonly pages?: Readonly<Record<string, (request: IncomingMessage, url: URL) => PageAnswer>>;
}

interface PageAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface FakeGateway {
  readonly url: string;
  /** Method and path of every request, in order. */
  readonly requests: readonly string[];
  readonly posted: readonly { key: string; body: JobRequestInput }[];
  /** Stops it. Throws if a request came that the contract or the script does not know. */
  close(): Promise<void>;
}

const Wait = z.strictObject({
  wait: z.coerce.number().int().min(1).max(60),
  after: z.coerce.number().int().min(0),
});
const Page = z.strictObject({ cursor: z.string().optional() });

/** A gateway that plays a script over real HTTP, speaks the contract to the letter, and refuses all else. */
async function startFakeGateway(script: FakeGatewayScript): Promise<FakeGateway> {
  const requests: string[] = [];
  const posted: { key: string; body: JobRequestInput }[] = [];
  const wrong: unknown[] = [];
  const faults = [...(script.faults ?? [])];
  let stage = 0;

  const snapshotNow = () => stageAt(script, stage).snapshot;
  const jobPath = `/v1/jobs/${stageAt(script, 0).snapshot.job.id}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://gateway');
    const route = `${request.method} ${url.pathname}`;
    requests.push(route);
    const page = script.pages?.[route];
    if (page !== undefined) {
      const { status, headers = {}, body = '' } = page(request, url);
      response.writeHead(status, headers).end(body);
      return;
    }
    const fault = faults.findIndex(({ on }) => on === route);
    const [{ fault: next } = {}] = fault === -1 ? [] : faults.splice(fault, 1);
    if (next?.kind === 'drop') return void request.socket.destroy();
    if (next?.kind === 'problem') return sendProblem(response, next.problem, next.retryAfter);
    checkKey(request, script.apiKey);
    const body = await play(route, request, url, response);
    if (next?.kind === 'drop_after_effect') return void request.socket.destroy();
    const status = route === 'POST /v1/jobs' ? 202 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async function play(
    route: string,
    request: IncomingMessage,
    url: URL,
    response: ServerResponse,
  ): Promise<unknown> {
    const query = Object.fromEntries(url.searchParams);
    switch (route) {
      case 'POST /v1/jobs': {
        const text = await read(request);
        JobRequest.parse(JSON.parse(text));
        const key = z.string().min(1).parse(request.headers['idempotency-key']);
        z.literal('application/json').parse(request.headers['content-type']);
        posted.push({ key, body: JSON.parse(text) as JobRequestInput });
        return Job.parse(stageAt(script, 0).snapshot.job);
      }
      case `GET ${jobPath}`: {
        const { after } = Wait.parse(query);
        const { job } = snapshotNow();
        if (job.sequence > after || isEnded(job.status)) return job;
        await Promise.race([
          stageAt(script, stage + 1).when,
          new Promise((resolve) => void response.once('close', resolve)),
        ]);
        stage += 1;
        return Job.parse(snapshotNow().job);
      }
      case `GET ${jobPath}/steps`:
        return stepsPage(snapshotNow(), Page.parse(query).cursor);
      case `POST ${jobPath}/cancel`:
        if (script.cancelled !== undefined) return Job.parse(script.cancelled);
        break;
    }
    throw new Error(`not in the script: ${route}`);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      wrong.push(error);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    posted,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
      if (wrong.length > 0) throw new AggregateError(wrong, wrong.map(String).join('\n'));
      if (faults.length > 0) throw new Error(`${faults.length} scripted fault(s) never happened`);
    },
  };
}

function stageAt({ stages }: FakeGatewayScript, index: number): Stage {
  const stage = stages[index];
  if (stage === undefined) throw new Error(`the script has no stage ${index}`);
  return stage;
}

/** Two steps a page, so that every longer list takes several. */
function stepsPage({ steps }: Snapshot, cursor = '0'): JobStepList {
  const start = Number(cursor);
  const end = start + 2;
  return JobStepList.parse({
    object: 'list',
    data: steps.slice(start, end),
    next_cursor: end < steps.length ? String(end) : null,
  });
}

function checkKey(request: IncomingMessage, apiKey: string | undefined): void {
  const expected = apiKey === undefined ? undefined : `Bearer ${apiKey}`;
  if (request.headers.authorization !== expected)
    throw new Error('the API key is not the given one');
}

function sendProblem(response: ServerResponse, problem: Problem, retryAfter?: number): void {
  response
    .writeHead(problem.status, {
      'content-type': 'application/problem+json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    })
    .end(JSON.stringify(Problem.parse(problem)));
}

async function read(request: IncomingMessage): Promise<string> {
  request.setEncoding('utf8');
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A scripted gateway that stops with the test, which fails if anything unscripted was asked of it. */
export async function gatewayWith(script: FakeGatewayScript): Promise<FakeGateway> {
  const gateway = await startFakeGateway(script);
  onTestFinished(() => gateway.close());
  return gateway;
}

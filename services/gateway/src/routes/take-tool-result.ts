import { CallId, parseCallId, ToolCallResult } from '@pawl/contracts';
import { takeResult } from '@pawl/engine';
import { keptOutput } from '@pawl/providers';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { note } from '../http/request-log.ts';

const Query = z.object({ token: z.string().min(1).max(200) });

/**
 * `POST /v1/tool-calls/{id}/result`: a function tells what came of a call that it answered with 202. It needs no API
 * key: the link that the function was given with the call is signed. Taken once; the same again changes nothing.
 */
export function takeToolResult({ engine, tools }: Gateway): RequestHandler {
  return async (request, response) => {
    const id = CallId.safeParse(request.params['id']);
    const query = Query.safeParse(request.query);
    // Who has no link is told nothing of what exists.
    const unknown = notFound('call that this link is for');
    if (!id.success || !query.success) throw unknown;
    const place = parseCallId(id.data);
    const job = engine.store.knowsShardOf(place.job)
      ? await engine.store.readJob(place.job)
      : undefined;
    if (job === undefined) throw unknown;
    const [call] = await engine.store.readCalls(place.job, [place]);
    if (call === undefined || !tools.isResultToken(call.connection, id.data, query.data.token)) {
      throw unknown;
    }
    note(response, { job: job.id, tenant: job.tenant });
    const result = parseInput(ToolCallResult, await readBody(request, response));
    const answer =
      'output' in result
        ? { output: keptOutput(result.output) }
        : { failure: { ...result.error, retryable: false } };
    if ((await takeResult(engine, place, answer)) === 'otherwise') {
      throw new ProblemError(
        'result_not_awaited',
        'The call has another outcome already, or its result is not awaited any more.',
      );
    }
    response.status(204).end();
  };
}

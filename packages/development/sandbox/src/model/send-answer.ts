import type { Response } from 'express';
import { openAiError } from '../faults/apply-http-fault.ts';

/** How a stream is cut in its middle. */
export type StreamCut = () => Promise<'go-on' | 'ended'>;

function writeEvent(response: Response, data: unknown): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

/** Resolves when all that was written has left the process. */
function flushed(response: Response): Promise<void> {
  return new Promise((resolve) => {
    response.write(': \n\n', () => resolve());
  });
}

/** Streams chunks as server-sent events; with a cut, only half of them unless it lets go on. */
export async function sendChunks(
  response: Response,
  chunks: readonly unknown[],
  cut: StreamCut | undefined,
): Promise<void> {
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const half = cut === undefined ? chunks.length : Math.ceil(chunks.length / 2);
  for (const chunk of chunks.slice(0, half)) writeEvent(response, chunk);
  if (cut !== undefined) {
    await flushed(response);
    if ((await cut()) === 'ended') return;
  }
  for (const chunk of chunks.slice(half)) writeEvent(response, chunk);
  response.end('data: [DONE]\n\n');
}

/** An error inside a stream that began as a success, as gateways send it. */
export function sendStreamError(response: Response, message: string): void {
  if (!response.headersSent) response.status(200).set('Content-Type', 'text/event-stream');
  writeEvent(response, openAiError(500, message, 'provider_error'));
  response.end('data: [DONE]\n\n');
}

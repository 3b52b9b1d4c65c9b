import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that wait for the answer before them: more than any client sends ahead. */
const mostWaiting = 20;

/** What a connection is at. */
interface Turn {
  /** The answer of the newest request. */
  newest: ServerResponse;
  waiting: number;
}

/**
 * Answers the requests of one connection one after the other: HTTP lets a client send the next one before it has read
 * the answer to the last (pipelining), and Node would have every one of them answered at once, and keep all answers in
 * memory until the client reads. A connection that is too many requests ahead is ended.
 */
export function answerInTurn(answer: RequestListener): RequestListener {
  const turns = new WeakMap<Socket, Turn>();
  return (request, response) => {
    const { socket } = request;
    const turn = turns.get(socket);
    if (turn === undefined || turn.newest.closed) {
      turns.set(socket, { newest: response, waiting: 0 });
      answer(request, response);
      return;
    }
    if (turn.waiting >= mostWaiting) {
      socket.destroy();
      return;
    }
    turn.waiting += 1;
    turn.newest.once('close', () => {
      turn.waiting -= 1;
      // Nobody is left to answer.
      if (!socket.destroyed) answer(request, response);
    });
    turn.newest = response;
  };
}

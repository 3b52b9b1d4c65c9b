import { LRUCache } from 'lru-cache';
import { untilAborted, withEither } from '../../deadline.ts';
import { type McpSession, type McpTarget, openMcpSession } from './mcp-session.ts';

/** Sessions of one server that are open at a time, one for each user where they differ. */
const mostSessions = 200;
/** A session that nobody used for so long is closed, in milliseconds. */
const idleTime = 300_000;

/** The open sessions of one server. Who asks at once for the same user shares one. */
export interface McpSessions {
  get(key: string, target: () => McpTarget, signal: AbortSignal): Promise<McpSession>;
  /** The next one to ask opens another session. Requests in this one go on. */
  drop(key: string): void;
  close(): Promise<void>;
}

export function createMcpSessions(): McpSessions {
  const sessions = new LRUCache<string, Promise<McpSession>>({
    max: mostSessions,
    ttl: idleTime,
    updateAgeOnGet: true,
    ttlAutopurge: false,
  });
  const opening = new AbortController();

  return {
    async get(key, target, signal) {
      const known = sessions.get(key);
      if (known !== undefined) return untilAborted(known, signal);
      const session = withEither(signal, opening.signal, (either) =>
        openMcpSession(target(), either),
      );
      sessions.set(key, session);
      // One that could not be opened is not kept.
      session.catch(() => {
        if (sessions.peek(key) === session) sessions.delete(key);
      });
      return untilAborted(session, signal);
    },
    drop: (key) => {
      sessions.delete(key);
    },
    async close() {
      opening.abort(new Error('the process is shutting down'));
      const open = [...sessions.values()];
      sessions.clear();
      await Promise.all(
        open.map((session) =>
          session.then(
            ({ close }) => close(),
            () => undefined,
          ),
        ),
      );
    },
  };
}

import type { ClientHttp2Stream } from 'node:http2';
import { Http2SessionManager } from '@connectrpc/connect-node';

/** Shorter than the idle time-outs of load balancers: a call on a connection that they dropped would be lost. */
const idleConnectionTimeout = 30_000;

/**
 * The connection to Scalekit. The library's own manager takes its error listeners off a connection too early: a call
 * that meets a server's GOAWAY then ends the whole process (connectrpc/connect-es, issue 1768).
 */
export class GuardedSessionManager extends Http2SessionManager {
  constructor(environmentUrl: string) {
    super(environmentUrl, { idleConnectionTimeoutMs: idleConnectionTimeout });
  }

  override async request(
    ...call: Parameters<Http2SessionManager['request']>
  ): Promise<ClientHttp2Stream> {
    const stream = await super.request(...call);
    const { session } = stream;
    if (session !== undefined && !session.listeners('error').includes(ignore)) {
      session.on('error', ignore);
    }
    return stream;
  }

  /** Throws where no connection comes about: nothing was sent then. */
  async open(): Promise<void> {
    if ((await this.connect()) === 'error') {
      throw this.error() ?? new Error('the connection could not be opened');
    }
  }
}

/** The calls on the connection report the error themselves. */
function ignore(): void {}

import { PawlApiError, type PawlConnectionError } from '@pawl/client';
import { observeRequests } from '../api/client.ts';
import { readSession } from '../api/session.ts';
import { createStore } from './store.ts';

/** Whether what stands behind the page answers. */
export type Reach = 'answers' | 'gateway_away' | 'redis_away';

export const reach = createStore<Reach>('answers');
/** Why this browser is not signed in any more, as a sentence; undefined while nothing says so. */
export const signedOut = createStore<string | undefined>(undefined);

const probeInterval = 2_000;
let isProbing = false;

/** Watches every request, and where nobody answers asks again until somebody does. */
export function watchReach(onRecovery: () => void): void {
  observeRequests({
    answered() {
      if (!isProbing) reach.set('answers');
    },
    failed(error) {
      const away = awayBy(error);
      if (away !== undefined) {
        reach.set(away);
        void probe(onRecovery);
      } else if (error instanceof PawlApiError && error.status === 401)
        signedOut.set(error.message);
    },
  });
}

function awayBy(error: PawlApiError | PawlConnectionError): Reach | undefined {
  if (!(error instanceof PawlApiError)) return 'gateway_away';
  if (error.code === 'storage_unavailable') return 'redis_away';
  // What a proxy answers whose gateway is away.
  return error.code === 'unexpected_answer' && error.status >= 502 ? 'gateway_away' : undefined;
}

async function probe(onRecovery: () => void): Promise<void> {
  if (isProbing) return;
  isProbing = true;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, probeInterval));
    try {
      await readSession();
      break;
    } catch (error) {
      // Whoever answers, if only with a refusal, is there.
      if (error instanceof PawlApiError && awayBy(error) === undefined) break;
    }
  }
  isProbing = false;
  reach.set('answers');
  onRecovery();
}

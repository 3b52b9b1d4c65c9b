import { seededRandom } from '@pawl/testing/seeded-random';

/** What is done to the running system. Times are milliseconds. */
export type Disturbance =
  | { readonly kind: 'kill_worker'; readonly worker: number }
  | { readonly kind: 'restart_worker'; readonly worker: number }
  | { readonly kind: 'pause_worker'; readonly worker: number; readonly for: number }
  | { readonly kind: 'kill_gateway' }
  | { readonly kind: 'kill_redis'; readonly away: number }
  | { readonly kind: 'stop_redis'; readonly away: number };

export interface PlannedDisturbance {
  /** It comes when so many tool calls have been performed. */
  readonly after: number;
  readonly disturbance: Disturbance;
}

export interface DisturbancePlan {
  readonly seed: number;
  readonly workers: number;
  /** Tool calls of the whole run. */
  readonly toolCalls: number;
  readonly count: number;
}

/** Every kind comes at least once when there are enough; the rest are drawn. The same seed makes the same plan. */
export function planDisturbances(plan: DisturbancePlan): PlannedDisturbance[] {
  const random = seededRandom(plan.seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const kinds = [
    'kill_worker',
    'kill_redis',
    'pause_worker',
    'stop_redis',
    'kill_gateway',
    'restart_worker',
  ] as const;
  const often = ['kill_worker', 'kill_worker', ...kinds] as const;
  const draw = (kind: Disturbance['kind']): Disturbance => {
    switch (kind) {
      case 'kill_worker':
      case 'restart_worker':
        return { kind, worker: below(plan.workers) };
      case 'pause_worker':
        return { kind, worker: below(plan.workers), for: 1_000 + below(4_000) };
      case 'kill_gateway':
        return { kind };
      case 'kill_redis':
      case 'stop_redis':
        return { kind, away: below(1_500) };
    }
  };
  return Array.from({ length: plan.count }, (_, index) => ({
    after: Math.round((plan.toolCalls * (index + random())) / (plan.count + 1)),
    disturbance: draw(kinds[index] ?? often[below(often.length)] ?? 'kill_worker'),
  }));
}

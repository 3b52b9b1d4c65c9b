/** What a key that is left in Redis is, by its name. */
export type KeyKind =
  /** State, steps and events of a job. */
  | 'job'
  | 'conversation'
  /** Lists, counters and settings that stay for as long as Pawl is installed. */
  | 'standing'
  /** Gone by itself after its time: leases, idempotency records. */
  | 'expiring'
  /** A task, a list of tasks, or a share that is held or waited for. */
  | 'task'
  /** Something that is still to be done, expired or given up. */
  | 'unfinished'
  | 'unknown';

const kinds: readonly (readonly [RegExp, KeyKind])[] = [
  [/^job:[^:]+(:steps|:events)?$/, 'job'],
  [/^conversation:[^:]+(:jobs|:started)?$/, 'conversation'],
  [
    /^(jobs:.+|retained|shards|record-format|workers|worker-connections|serving|api-keys|api-key-required|limits:.+)$/,
    'standing',
  ],
  [/^(conversations:.+|job-counts|installation|swept)$/, 'standing'],
  [/^(agents?:.+|file-agents|triggers:.+|trigger:[^:]+(:events)?)$/, 'standing'],
  [/^(trigger-event:.+|trigger-requests:.+|trigger-rejections:.+)$/, 'expiring'],
  [/^shares:(capacity|workers)$/, 'standing'],
  [/^shares:.+$/, 'task'],
  [/^(sweep-lease|idempotency:.+|oauth-state(-expiries)?:.+)$/, 'expiring'],
  [/^(accepted:.+|usage:.+|usage-users:.+|provider-pauses)$/, 'expiring'],
  [/^(account-link:.+|scalekit-event:.+|session:.+)$/, 'expiring'],
  [/^(events:.+|api-key-requests:.+|watched:.+|text:.+)$/, 'expiring'],
  [/^conversation:[^:]+:(line|delayed)$/, 'unfinished'],
  [/^(runnable|deadlines|held|quarantine|approvals:.+|waiting:.+|parked:.+)$/, 'unfinished'],
];

/** What BullMQ keeps of a queue that is empty. */
const ofEmptyQueue = new Set(['meta', 'id', 'events', 'pc', 'marker']);

/** `queues` are the names of BullMQ's queues. */
export function kindOfKey(key: string, queues: readonly string[]): KeyKind {
  const name = /^\{[^}]+\}:(.+)$/.exec(key)?.[1];
  if (name === undefined) return 'unknown';
  const [queue = '', part = '', ...rest] = name.split(':');
  if (queues.includes(queue)) {
    if (part === 'stalled-check') return 'expiring';
    return rest.length === 0 && ofEmptyQueue.has(part) ? 'standing' : 'task';
  }
  return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
}

/** The job or conversation that a key belongs to, if it is one's. */
export function ownerOfKey(key: string): string | undefined {
  return /^\{[^}]+\}:(?:job|conversation):([^:]+)/.exec(key)?.[1];
}

import { createHash } from 'node:crypto';
import { shardOfId } from '@pawl/contracts';

/**
 * Every key's name. One hash tag per shard, so that one script can touch all keys of a job, and a cluster can spread
 * the shards. Names that people chose (users, connections) are hashed: they may hold anything, and may be private.
 */
export type Keys = ReturnType<typeof createKeys>;

export function createKeys(name: string) {
  const tag = (shard: number) => `{${name}:${shard}}`;
  const ofId = (id: string) => tag(shardOfId(id));
  return {
    tag,
    job: (id: string) => `${ofId(id)}:job:${id}`,
    /** What the keys of a shard's jobs begin with, before the job's id. */
    jobPrefix: (shard: number) => `${tag(shard)}:job:`,
    steps: (id: string) => `${ofId(id)}:job:${id}:steps`,
    /** Where versions before the log was a part of the job's hash have written its events. */
    formerEvents: (id: string) => `${ofId(id)}:job:${id}:events`,
    /** What has happened to a tenant's jobs: a stream, and the channel on which each addition is told. */
    eventsOf: (shard: number, tenant: string) => `${tag(shard)}:events:${tenant}`,
    conversation: (id: string) => `${ofId(id)}:conversation:${id}`,
    conversationJobs: (id: string) => `${ofId(id)}:conversation:${id}:jobs`,
    /** Jobs that wait for their conversation, by their place. */
    line: (id: string) => `${ofId(id)}:conversation:${id}:line`,
    /** Jobs that wait for their start. */
    delayedJobs: (id: string) => `${ofId(id)}:conversation:${id}:delayed`,
    startedJobs: (id: string) => `${ofId(id)}:conversation:${id}:started`,
    jobsOf: (shard: number, tenant: string) => `${tag(shard)}:jobs:${tenant}`,
    jobsOfUser: (shard: number, tenant: string, user: string) =>
      `${tag(shard)}:jobs:${tenant}:user:${digest(user)}`,
    jobsWithStatus: (shard: number, tenant: string, status: string) =>
      `${tag(shard)}:jobs:${tenant}:status:${status}`,
    jobsWithErrorCode: (shard: number, tenant: string, code: string) =>
      `${tag(shard)}:jobs:${tenant}:error:${digest(code)}`,
    jobsWithMetadata: (shard: number, tenant: string, pair: readonly [string, string]) =>
      `${tag(shard)}:jobs:${tenant}:metadata:${digest(JSON.stringify(pair))}`,
    /** Jobs that have called a tool. */
    jobsWithTool: (shard: number, tenant: string, tool: string) =>
      `${tag(shard)}:jobs:${tenant}:tool:${digest(tool)}`,
    conversationsOf: (shard: number, tenant: string) => `${tag(shard)}:conversations:${tenant}`,
    conversationsOfUser: (shard: number, tenant: string, user: string) =>
      `${tag(shard)}:conversations:${tenant}:user:${digest(user)}`,
    /** Jobs of a user that are queued or in progress. */
    jobsOfUserWithStatus: (shard: number, tenant: string, user: string, status: string) =>
      `${tag(shard)}:jobs:${tenant}:user:${digest(user)}:status:${status}`,
    waitingFor: (shard: number, tenant: string, user: string, connection: string) =>
      `${tag(shard)}:waiting:${tenant}:${digest(`${user}\n${connection}`)}`,
    /** Calls that wait for a person's word, by the time at which it became known. */
    approvals: (shard: number, tenant: string) => `${tag(shard)}:approvals:${tenant}`,
    /** Jobs by the time at which the sweeper should look at them. */
    runnable: (shard: number) => `${tag(shard)}:runnable`,
    /** Jobs that have not ended by their deadline. */
    deadlines: (shard: number) => `${tag(shard)}:deadlines`,
    /** Ended jobs by the time at which they are erased. */
    retained: (shard: number) => `${tag(shard)}:retained`,
    /** Tenants of which something has ended since what is kept of them was counted, by the time of the last. */
    uncounted: (shard: number) => `${tag(shard)}:uncounted`,
    /** Conversations that wait for calls of an ended job, by the time at which these have timed out. */
    held: (shard: number) => `${tag(shard)}:held`,
    /** What keeps the archive from taking jobs, as a worker has found it. */
    archiveProblem: () => `${tag(0)}:archive-problem`,
    /** A random mark of the installation, by which its processes notice that a Redis was emptied. */
    installation: (shard: number) => `${tag(shard)}:installation`,
    /** How many jobs are counted where. */
    jobCounts: (shard: number) => `${tag(shard)}:job-counts`,
    /** What cannot be read, by the time at which that was found: jobs, conversations, deliveries and schedules. */
    quarantine: (shard: number) => `${tag(shard)}:quarantine`,
    delivery: (id: string) => `${ofId(id)}:delivery:${id}`,
    deliveriesOf: (shard: number, tenant: string) => `${tag(shard)}:deliveries:${tenant}`,
    deliveriesWithStatus: (shard: number, tenant: string, status: string) =>
      `${tag(shard)}:deliveries:${tenant}:status:${status}`,
    deliveriesOfJob: (job: string) => `${ofId(job)}:job:${job}:deliveries`,
    /** Deliveries by the time at which the sweeper should look at them. */
    dueDeliveries: (shard: number) => `${tag(shard)}:due-deliveries`,
    /** Settled deliveries of no job, by the time at which they are erased. */
    retainedDeliveries: (shard: number) => `${tag(shard)}:retained-deliveries`,
    endpointSlots: (shard: number, endpoint: string) => `${tag(shard)}:endpoint:${endpoint}:slots`,
    endpointParked: (shard: number, endpoint: string) =>
      `${tag(shard)}:endpoint:${endpoint}:parked`,
    endpointDisabled: (shard: number, endpoint: string) =>
      `${tag(shard)}:endpoint:${endpoint}:disabled`,
    /** Endpoints with deliveries under way, by the time at which the first of these has lost its slot. */
    busyEndpoints: (shard: number) => `${tag(shard)}:busy-endpoints`,
    webhookSecrets: (tenant: string) => `${tag(0)}:webhook-secrets:${tenant}`,
    schedule: (id: string) => `${ofId(id)}:schedule:${id}`,
    scheduleJobs: (id: string) => `${ofId(id)}:schedule:${id}:jobs`,
    schedulesOf: (shard: number, tenant: string) => `${tag(shard)}:schedules:${tenant}`,
    schedulesOfUser: (shard: number, tenant: string, user: string) =>
      `${tag(shard)}:schedules:${tenant}:user:${digest(user)}`,
    /** Schedules that need a timer, by their next slot. */
    timedSchedules: (shard: number) => `${tag(shard)}:timed-schedules`,
    /** Schedules with a waiting slot that can start now. */
    linedSchedules: (shard: number) => `${tag(shard)}:lined-schedules`,
    /** Which run of Redis serves the shard, and since when. */
    serving: (shard: number) => `${tag(shard)}:serving`,
    /** What a client's Idempotency-Key has made. */
    idempotency: (shard: number, tenant: string, key: string) =>
      `${tag(shard)}:idempotency:made:${digest(`${tenant}\n${key}`)}`,
    /** Where a key was reserved before it was written with what it makes. */
    idempotencyReservation: (tenant: string, key: string) =>
      `${tag(0)}:idempotency:${digest(`${tenant}\n${key}`)}`,
    /** Jobs that wait for a place among those in progress of their tenant, or their user, by the time of their coming. */
    parked: (shard: number, tenant: string) => `${tag(shard)}:parked:${tenant}`,
    parkedOfUser: (shard: number, tenant: string, user: string) =>
      `${tag(shard)}:parked:${tenant}:${digest(user)}`,
    /** What the operator and the tenant have set: the same in every shard, so that no admission has to ask another. */
    limits: (shard: number, tenant: string) => `${tag(shard)}:limits:${tenant}`,
    /** Jobs by the time at which they were accepted: those of the last minute. */
    accepted: (shard: number, tenant: string) => `${tag(shard)}:accepted:${tenant}`,
    acceptedOfUser: (shard: number, tenant: string, user: string) =>
      `${tag(shard)}:accepted:${tenant}:${digest(user)}`,
    /** What a tenant's model calls of a month (such as 2026-11) came to. */
    usage: (shard: number, tenant: string, month: string) =>
      `${tag(shard)}:usage:${month}:${tenant}`,
    /** The same of one user, with a row for each day and model. `user` is the digest of the user. */
    usageOfUser: (shard: number, tenant: string, month: string, user: string) =>
      `${tag(shard)}:usage:${month}:${tenant}:${user}`,
    /** The digests of the users of a month. */
    usageUsers: (shard: number, tenant: string, month: string) =>
      `${tag(shard)}:usage-users:${month}:${tenant}`,
    /** A tenant's agent; of one that was deleted, how often it was written. */
    agent: (tenant: string, name: string) => `${tag(0)}:agent:${tenant}:${name}`,
    agentsOf: (tenant: string) => `${tag(0)}:agents:${tenant}`,
    /** The agents of the operator's files. */
    fileAgents: () => `${tag(0)}:file-agents`,
    jobsOfAgent: (shard: number, tenant: string, agent: string) =>
      `${tag(shard)}:jobs:${tenant}:agent:${agent}`,
    /** Schedules whose job names the agent. */
    schedulesOfAgent: (shard: number, tenant: string, agent: string) =>
      `${tag(shard)}:schedules:${tenant}:agent:${agent}`,
    /** A link to connect an account that belongs to no job, by the digest of its token. */
    accountLink: (shard: number, token: string) => `${tag(shard)}:account-link:${token}`,
    /** An event of Scalekit that was worked off, by the digest of its id. */
    scalekitEvent: (id: string) => `${tag(0)}:scalekit-event:${id}`,
    trigger: (id: string) => `${ofId(id)}:trigger:${id}`,
    /** The log of what has come: a stream. */
    triggerEvents: (id: string) => `${ofId(id)}:trigger:${id}:events`,
    /** An event that has become a job, by the digest of its id. */
    triggerEvent: (id: string, event: string) => `${ofId(id)}:trigger-event:${id}:${event}`,
    triggerRequests: (id: string) => `${ofId(id)}:trigger-requests:${id}`,
    /** How many requests to it did not prove themselves. */
    triggerRejections: (id: string) => `${ofId(id)}:trigger-rejections:${id}`,
    triggersOf: (shard: number, tenant: string) => `${tag(shard)}:triggers:${tenant}`,
    triggersOfAgent: (shard: number, tenant: string, agent: string) =>
      `${tag(shard)}:triggers:${tenant}:agent:${agent}`,
    oauthState: (state: string) => `${tag(shardOfState(state))}:oauth-state:${digest(state)}`,
    /** The keys of an account's states in the shard of this one, by the time at which they expire. */
    oauthStatesOf: (state: string, tenant: string, user: string, connection: string) =>
      `${tag(shardOfState(state))}:oauth-state-expiries:${tenant}:${digest(`${user}\n${connection}`)}`,
    apiKeys: () => `${tag(0)}:api-keys`,
    /** How many requests an API key has left. */
    apiKeyRequests: (id: string) => `${tag(0)}:api-key-requests:${id}`,
    /** Where somebody has signed in with an API key, by the digest of the session's token. */
    session: (token: string) => `${tag(0)}:session:${token}`,
    /** The digests of the tokens of an API key's sessions, by the time at which they began. */
    sessionsOf: (key: string) => `${tag(0)}:sessions-of:${key}`,
    /** Stands once there has been an API key, for good. */
    apiKeyRequired: () => `${tag(0)}:api-key-required`,
    shards: () => `${tag(0)}:shards`,
    /** The oldest record format whose services may work with what is stored. */
    recordFormat: () => `${tag(0)}:record-format`,
    workers: () => `${tag(0)}:workers`,
    /** Workers that are connected, and the run of Redis that has seen it. */
    workerConnections: () => `${tag(0)}:worker-connections`,
    /** A channel that only this worker listens on. */
    workerChannel: (worker: string) => `${tag(0)}:connected:${worker}`,
    /** How much the sweeper has handled, by part, and when last. */
    swept: (shard: number) => `${tag(shard)}:swept`,
    sweepLease: (shard: number) => `${tag(shard)}:sweep-lease`,
    retentionLease: (shard: number) => `${tag(shard)}:retention-lease`,
    /** A channel on which it is told that a job has another status. */
    statusChanges: (job: string) => `${ofId(job)}:changes:${job}`,
    /** A channel on which every other commit of a job is told. */
    progress: (job: string) => `${ofId(job)}:progress:${job}`,
    /** Stands while somebody watches the job's replies as they come, and the channel on which these are told. */
    watched: (job: string) => `${ofId(job)}:watched:${job}`,
    deltas: (job: string) => `${ofId(job)}:deltas:${job}`,
    /** The text of a reply as far as it was told; of the claim with this epoch. */
    textSoFar: (job: string, epoch: number) => `${ofId(job)}:text:${job}:${epoch}`,
    /** The providers of models that have asked to wait: a hash, and the channel on which each pause is told. */
    providerPauses: () => `${tag(0)}:provider-pauses`,
    stops: () => `${tag(0)}:stops`,
  };
}

/** A state is `<shard>_<random>`. */
function shardOfState(state: string): number {
  const shard = /^(\d{1,4})_/.exec(state)?.[1];
  return shard === undefined ? 0 : Number(shard);
}

/** The same few users, tools and connections come again and again. */
const known = new Map<string, string>();
const mostKnown = 2_000;

/** SHA-256 in hexadecimal. */
export function digest(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = createHash('sha256').update(text).digest('hex');
  if (known.size >= mostKnown) known.clear();
  if (text.length <= 1_000) known.set(text, made);
  return made;
}

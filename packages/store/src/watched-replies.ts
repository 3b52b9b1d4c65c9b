import { EventEmitter } from 'node:events';
import type { JobState } from '@pawl/contracts';
import type { ChangeFeed } from './changes.ts';
import { parseDelta, type Delta, type Reply } from './deltas.ts';
import type { Keys } from './keys.ts';

/** The newest reply of a job as far as it has come. */
export interface WatchedReply extends Reply {
  readonly text: string;
  readonly isDiscarded: boolean;
}

/** The replies of one job as they come, for one who watches. */
export interface WatchedReplies {
  /** Undefined: nothing has come. */
  current(): WatchedReply | undefined;
  /** Calls the listener with each piece; answers what ends that. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

interface OpenReplies extends Omit<WatchedReplies, 'close'> {
  readonly stop: Promise<() => Promise<void>>;
  watchers: number;
}

export interface WatchSettings {
  readonly keys: Keys;
  readonly feed: ChangeFeed;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
  readonly readTextSoFar: (job: string, epoch: number) => Promise<string>;
}

/** One text for each job that is watched in this process, however many watch it, and for as long as they do. */
export function createReplyWatch({ keys, feed, readJob, readTextSoFar }: WatchSettings) {
  const watched = new Map<string, OpenReplies>();

  function open(job: string): OpenReplies {
    const changes = new EventEmitter().setMaxListeners(0);
    let reply: WatchedReply | undefined;
    const tell = (next: WatchedReply) => {
      reply = next;
      changes.emit('change');
    };
    /** The beginning of a reply that others told before anybody here listened. */
    const catchUp = async (of: Reply) => {
      const text = await readTextSoFar(job, of.epoch);
      const known = reply?.epoch === of.epoch ? reply.text : '';
      if (of.epoch >= (reply?.epoch ?? 0) && text.length > known.length) {
        const { turn, attempt, epoch } = of;
        tell({ turn, attempt, epoch, text, isDiscarded: reply?.isDiscarded ?? false });
      }
    };
    const onDelta = (delta: Delta) => {
      const { turn, attempt, epoch, offset, text, isDiscarded } = delta;
      if (epoch < (reply?.epoch ?? 0)) return;
      const known = reply?.epoch === epoch ? reply.text : '';
      if (offset > known.length && !isDiscarded) {
        catchUp(delta).catch(() => undefined);
        return;
      }
      const more = known + text.slice(known.length - offset);
      tell({ turn, attempt, epoch, text: isDiscarded ? known : more, isDiscarded });
    };
    const listening = feed.listen(keys.deltas(job), (message) => {
      const delta = parseDelta(message);
      if (delta !== undefined) onDelta(delta);
    });
    return {
      watchers: 0,
      current: () => reply,
      onChange(listener) {
        changes.on('change', listener);
        return () => changes.off('change', listener);
      },
      stop: listening.then(async (stop) => {
        const running = runningReply(await readJob(job));
        if (running !== undefined) await catchUp(running);
        return stop;
      }),
    };
  }

  return {
    /** Watches a job's replies. Resolves once the text so far is known, and pieces are told for certain. */
    async watchReplies(job: string): Promise<WatchedReplies> {
      const replies = watched.get(job) ?? open(job);
      watched.set(job, replies);
      replies.watchers += 1;
      const close = async () => {
        replies.watchers -= 1;
        if (replies.watchers > 0) return;
        if (watched.get(job) === replies) watched.delete(job);
        const stop = await replies.stop.catch(() => undefined);
        await stop?.();
      };
      try {
        await replies.stop;
      } catch (error) {
        await close();
        throw error;
      }
      return { current: replies.current, onChange: replies.onChange, close };
    },
  };
}

/** The turn that a worker has taken, if it has. */
export function runningReply(job: JobState | undefined): Reply | undefined {
  if (job?.phase.name !== 'turn' || job.phase.step.status !== 'running') return undefined;
  const { attempts, crashes, pauses = 0, epoch } = job.phase.step;
  return { turn: job.turn, attempt: attempts + crashes + pauses + 1, epoch };
}

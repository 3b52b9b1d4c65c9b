import type { NumberedEvent, WatchedReplies, WatchedReply } from '@pawl/store';
import type { EventConnection } from './event-connection.ts';
import { streamFrame } from './frames.ts';

/** Sends a job's replies as they come, between its events. */
export interface DeltaSender {
  /** What has to be sent before an event: the rest of a reply that is complete, or that its text was discarded. */
  before(event: NumberedEvent['event']): Promise<void>;
  /** Looks at what there is, to be sent by `send`: an event that is read afterwards is no older than it. */
  look(): void;
  send(): Promise<void>;
}

export const noDeltas: DeltaSender = {
  before: () => Promise.resolve(),
  look: () => {},
  send: () => Promise.resolve(),
};

/** Of the reply that was sent last: how much of it, and whether more may come. */
interface Sent extends Pick<WatchedReply, 'turn' | 'attempt' | 'epoch'> {
  readonly characters: number;
  readonly isOpen: boolean;
}

export function createDeltaSender(
  connection: EventConnection,
  replies: WatchedReplies,
): DeltaSender {
  let sent: Sent | undefined;
  let seen: WatchedReply | undefined;

  async function discard(): Promise<void> {
    if (sent?.isOpen !== true) return;
    const { turn, attempt, characters } = sent;
    sent = { ...sent, isOpen: false };
    if (characters > 0)
      await connection.send(streamFrame({ type: 'turn.discarded', turn, attempt }));
  }

  async function sendMore(reply: WatchedReply): Promise<void> {
    if (sent === undefined || reply.epoch > sent.epoch) {
      await discard();
      const { turn, attempt, epoch } = reply;
      sent = { turn, attempt, epoch, characters: 0, isOpen: true };
    }
    if (reply.epoch < sent.epoch || !sent.isOpen) return;
    if (reply.isDiscarded) return discard();
    const { turn, attempt, characters: offset } = sent;
    const text = reply.text.slice(offset);
    if (text === '') return;
    sent = { ...sent, characters: reply.text.length };
    await connection.send(streamFrame({ type: 'turn.delta', turn, attempt, offset, text }));
  }

  return {
    async before(event) {
      const reply = replies.current();
      if (event.type === 'turn.completed') {
        if (reply !== undefined && reply.turn === event['turn']) await sendMore(reply);
        if (sent !== undefined && sent.turn === event['turn']) sent = { ...sent, isOpen: false };
      } else if (event.type === 'turn.started') {
        const isOther = sent?.turn !== event['turn'] || sent?.attempt !== event['attempt'];
        if (isOther) await discard();
      } else if (ends.has(event.type)) {
        await discard();
      }
    },
    look() {
      seen = replies.current();
    },
    async send() {
      if (seen !== undefined) await sendMore(seen);
    },
  };
}

/** Events behind which no reply that is open is completed. */
const ends = new Set([
  'job.completed',
  'job.incomplete',
  'job.failed',
  'job.cancelled',
  'job.expired',
]);

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { followJob } from '../../live/live-events.ts';
import { paced } from '../../live/paced.ts';
import type { ServerEvent } from '../../live/read-events.ts';

/** One line of a job's log. */
export interface LoggedEvent {
  readonly id: number;
  readonly type: string;
  readonly created_at: string;
  readonly turn?: number;
  readonly index?: number;
  readonly attempt?: number;
  readonly tool?: string;
  readonly code?: string;
  readonly action?: string;
  readonly by?: string;
  readonly stop_reason?: string;
  readonly retry_at?: string | null;
}

/** What the model says just now, as far as it has come. */
export interface StreamedText {
  readonly turn: number;
  readonly attempt: number;
  readonly text: string;
}

interface JobEvents {
  readonly events: readonly LoggedEvent[];
  readonly streamed: StreamedText | undefined;
  /** True: everything that happened has come, and nothing more will. */
  readonly hasEnded: boolean;
}

const nothing: JobEvents = { events: [], streamed: undefined, hasEnded: false };
/** Events come in bursts: what they change is drawn and read anew once in so many milliseconds. */
const burst = 100;
const readAgainAfter = 300;

/**
 * The log of a job and the model's text as it comes. While it is followed, the job and its steps are read anew when
 * something has happened.
 *
 * @param round another one follows the job again from the beginning: it was opened again
 */
export function useJobEvents(job: string, round: number): JobEvents {
  const client = useQueryClient();
  const [state, setState] = useState(nothing);
  useEffect(() => {
    const known = new Map<number, LoggedEvent>();
    let streamed: StreamedText | undefined;
    let hasEnded = false;
    let drawTimer: ReturnType<typeof setTimeout> | undefined;
    const draw = () => {
      drawTimer = undefined;
      setState({ events: [...known.values()], streamed, hasEnded });
    };
    const read = () => client.invalidateQueries({ queryKey: ['job', job] });
    const reading = paced(read, readAgainAfter);
    setState(nothing);
    const stop = followJob(job, ({ type, data }: ServerEvent) => {
      if (type === 'turn.delta') streamed = withPiece(streamed, data as Piece);
      else if (type === 'turn.discarded') streamed = undefined;
      else if (type === 'stream.ended') hasEnded = true;
      else {
        const event = data as LoggedEvent;
        const isNew = !known.has(event.id);
        known.set(event.id, event);
        if (type === 'turn.completed' || type === 'turn.started') streamed = undefined;
        // What was there before is what is shown already.
        const isRecent = Date.now() - Date.parse(event.created_at) < 60_000;
        if (isNew && isRecent) reading.soon();
      }
      drawTimer ??= setTimeout(draw, burst);
    });
    return () => {
      stop();
      clearTimeout(drawTimer);
      reading.stop();
    };
  }, [client, job, round]);
  return state;
}

interface Piece {
  readonly turn: number;
  readonly attempt: number;
  readonly offset: number;
  readonly text: string;
}

function withPiece(before: StreamedText | undefined, piece: Piece): StreamedText {
  const { turn, attempt, offset, text } = piece;
  const isSame = before?.turn === turn && before.attempt === attempt;
  return { turn, attempt, text: (isSame ? before.text.slice(0, offset) : '') + text };
}

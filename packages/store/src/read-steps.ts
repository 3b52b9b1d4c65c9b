import { CallRecord, LateOutcome, StepRecord } from '@pawl/contracts';
import { NewerRecordError } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';
import { parseStored } from './record-format.ts';
import { callField, type CallPlace } from './step-fields.ts';

/** The reply of a turn (index -1), or one of its calls. */
export interface StepPlace {
  readonly turn: number;
  readonly index: number;
}

export interface StepPieceRequest {
  readonly from: StepPlace;
  /** How many steps the piece may have. */
  readonly steps: number;
  /** With how many bytes it ends: its last step may pass them. */
  readonly bytes: number;
}

/** A piece that begins with a call has the reply that asks for it first. */
export interface StepPiece {
  readonly records: StepRecord[];
  /** Where the next piece begins; undefined when nothing is left. */
  readonly next: StepPlace | undefined;
}

const pieceScript = loadScript('read-step-piece');
const Piece = z.tuple([z.int().nullable(), z.int().nullable(), z.array(z.string())]);

/** Fields that Redis looks through at a time. */
const scanned = 1_000;

/** The records, but for those of kinds that only a newer version knows: what they say is for that version. */
export function parseSteps(id: string, texts: readonly string[]): StepRecord[] {
  return texts.flatMap((text) => {
    try {
      return [parseStored(StepRecord, text, `a step of job ${id}`)];
    } catch (error) {
      if (error instanceof NewerRecordError && !isKnownKind(text)) return [];
      throw error;
    }
  });
}

const knownKinds: ReadonlySet<string> = new Set(
  StepRecord.options.map(({ shape }) => shape.kind.value),
);

function isKnownKind(text: string): boolean {
  const { kind } = z.looseObject({ kind: z.string().catch('') }).parse(JSON.parse(text));
  return knownKinds.has(kind);
}

/** Reads of a job's steps. */
export function createStepReads(redis: RedisConnection, keys: Keys) {
  return {
    async readSteps(id: string): Promise<StepRecord[]> {
      return parseSteps(id, await redis.hvals(keys.steps(id)));
    },

    /** Replies, calls and outcomes, without what was decided or learnt too late. */
    async readStepPiece(id: string, { from, steps, bytes }: StepPieceRequest): Promise<StepPiece> {
      const values = [from.turn, from.index, steps, bytes];
      const read = await runScript(redis, pieceScript, [keys.steps(id)], values);
      const [turn, index, texts] = Piece.parse(read);
      return {
        records: parseSteps(id, texts),
        next: turn === null || index === null ? undefined : { turn, index },
      };
    },

    /** What was learnt of calls too late: few, wherever they stand among the steps. */
    async readLateOutcomes(id: string): Promise<LateOutcome[]> {
      const found = new Map<string, LateOutcome>();
      let cursor = '0';
      do {
        const [next, flat] = await redis.hscan(
          keys.steps(id),
          cursor,
          'MATCH',
          'late_outcome:*',
          'COUNT',
          scanned,
        );
        for (let position = 0; position < flat.length; position += 2) {
          const text = flat[position + 1] ?? '';
          found.set(flat[position] ?? '', parseStored(LateOutcome, text, `a step of job ${id}`));
        }
        cursor = next;
      } while (cursor !== '0');
      return [...found.values()];
    },

    /** The records of these calls, as far as there are any. */
    async readCalls(id: string, places: readonly CallPlace[]): Promise<CallRecord[]> {
      if (places.length === 0) return [];
      const fields = places.map((place) => callField('call', place));
      const texts = await redis.hmget(keys.steps(id), ...fields);
      return texts.flatMap((text) =>
        text === null ? [] : [parseStored(CallRecord, text, `a call of job ${id}`)],
      );
    },
  };
}

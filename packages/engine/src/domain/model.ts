import type { Failure, JsonObject } from '@pawl/contracts';
import type { OfferedTool } from './tool.ts';

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly JsonObject[];
  readonly tools: readonly OfferedTool[];
  readonly options: JsonObject;
  readonly responseFormat?: JsonObject;
  /** Output tokens that are left of the job's limit. */
  readonly outputCap?: number;
  readonly jobId: string;
}

export interface ModelReply {
  /**
   * The assistant message as it came, unknown fields included. Only what can't be read in one way was put right:
   * `content` is text or null, and `tool_calls`, where there are any, are complete and have ids of their own.
   */
  readonly message: JsonObject;
  readonly finishReason: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** What a reply has cost, and of which model it was. */
export type ReplyUsage = Pick<ModelReply, 'model' | 'inputTokens' | 'outputTokens' | 'costUsd'>;

/** What a failed model call means for the job, and what was paid for it. */
export type ModelFailure =
  /** May pass: asked again after a wait. */
  (
    | {
        readonly kind: 'transient';
        readonly failure: Failure;
        readonly retryAfter?: number;
        /** The provider asks everybody to wait, and not this request alone. */
        readonly pausesProvider?: boolean;
      }
    /** A reply that cannot be used: asked once more, since the same nonsense twice will not change. */
    | { readonly kind: 'unusable'; readonly failure: Failure }
    | { readonly kind: 'quota'; readonly failure: Failure; readonly resetAt?: number }
    /** The request is too long for the model. `fits`: the part of it that would not be, between 0 and 1, if known. */
    | { readonly kind: 'context_length'; readonly failure: Failure; readonly fits?: number }
    /** The model does not take images or files. */
    | { readonly kind: 'content'; readonly failure: Failure }
    /** This model will not do this, another one might. */
    | { readonly kind: 'other_model'; readonly failure: Failure }
    /** No model of this endpoint will. */
    | { readonly kind: 'fatal'; readonly failure: Failure }
  ) & { readonly usage?: ReplyUsage };

export type ModelOutcome =
  | { readonly kind: 'reply'; readonly reply: ModelReply }
  | ModelFailure
  | { readonly kind: 'aborted' };

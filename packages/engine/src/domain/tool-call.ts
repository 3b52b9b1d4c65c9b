import type { ToolCall } from '@pawl/contracts';

/** A call of the current turn, at its place among the others. */
export interface PlacedCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** The body of an answer that is not streamed, as `completionBody` makes it. */
export interface Completion {
  readonly model: string;
  readonly choices: Choice[];
  readonly usage: unknown;
  readonly [member: string]: unknown;
}

export interface Choice {
  readonly message: Message;
  readonly finish_reason: unknown;
  readonly [member: string]: unknown;
}

export interface Message {
  readonly content: unknown;
  readonly tool_calls?: OddCall[];
  readonly [member: string]: unknown;
}

export interface OddCall {
  readonly id: unknown;
  readonly function: { name: string; arguments: unknown };
  readonly [member: string]: unknown;
}

/** An answer that is no JSON, or that does not say so. */
export interface RawAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly text: string;
}

/** One way in which an endpoint's answer is odd. `does` is what the README says of it. */
export interface OddReply {
  readonly does: string;
  /** The odd answer, as JSON or as it goes over the wire, in place of this completion. */
  readonly answer: (completion: Completion) => { json: unknown } | RawAnswer;
}

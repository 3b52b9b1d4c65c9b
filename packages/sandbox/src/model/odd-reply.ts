/** The body of an answer that is not streamed, as `completionBody` makes it. */
export type Completion = {
  model: string;
  choices: Choice[];
  usage: unknown;
  [member: string]: unknown;
};

export type Choice = {
  message: Message;
  finish_reason: unknown;
  [member: string]: unknown;
};

export type Message = {
  content: unknown;
  tool_calls?: OddCall[];
  [member: string]: unknown;
};

export type OddCall = {
  id: unknown;
  function: { name: string; arguments: unknown };
  [member: string]: unknown;
};

/** An answer that is no JSON, or that does not say so. */
export type RawAnswer = {
  status?: number;
  headers?: Record<string, string>;
  text: string;
};

/** One way in which an endpoint's answer is odd. `does` is what the README says of it. */
export type OddReply = {
  does: string;
  /** The odd answer, as JSON or as it goes over the wire, in place of this completion. */
  answer: (completion: Completion) => { json: unknown } | RawAnswer;
};

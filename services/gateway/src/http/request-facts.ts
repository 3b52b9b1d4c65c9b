import type { ProblemCode } from '@pawl/contracts';
import type { Response } from 'express';

/** What the log line of a request tells of it. */
export interface RequestFacts {
  /** The pattern of the path, such as `/v1/jobs/:id`. */
  readonly route?: string;
  readonly tenant?: string;
  readonly job?: string;
  /** The code of the problem that was answered. */
  readonly problem?: ProblemCode;
}

const facts = new WeakMap<Response, RequestFacts>();

export function note(response: Response, further: RequestFacts): void {
  facts.set(response, { ...facts.get(response), ...further });
}

export function factsOf(response: Response): RequestFacts {
  return facts.get(response) ?? {};
}

/** A refusal of the model endpoint, answered in OpenAI's error shape. */
export class ModelError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;

  constructor(status: number, code: string, message: string, param: string | null = null) {
    super(message);
    this.name = 'ModelError';
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

export function invalidRequest(message: string, param: string, code = 'invalid_value'): ModelError {
  return new ModelError(400, code, message, param);
}

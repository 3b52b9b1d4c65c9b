import type { Code } from '@connectrpc/connect';

/** A tool's own refusal (no such message, no such repository), as its provider would answer. */
export class ToolFailure extends Error {
  readonly code: Code;
  readonly toolErrorCode: string;

  constructor(code: Code, toolErrorCode: string, message: string) {
    super(message);
    this.name = 'ToolFailure';
    this.code = code;
    this.toolErrorCode = toolErrorCode;
  }
}

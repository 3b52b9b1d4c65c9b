import { type Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js';

export interface ToolErrorFields {
  readonly toolErrorCode: string;
  readonly toolErrorMessage: string;
  readonly executionId: string;
}

/** An error that came from the tool, not from Scalekit: the SDK's `ScalekitTool…Exception` classes. */
export function toolError(code: Code, fields: ToolErrorFields): ConnectError {
  const detail = { errorCode: 'TOOL_ERROR', toolErrorInfo: fields };
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- descriptors of one library
  const details = [{ desc: ErrorInfoSchema, value: detail }];
  return new ConnectError(fields.toolErrorMessage, code, undefined, details);
}

import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/errdetails/errdetails_pb.js';

export type ToolErrorFields = {
  toolErrorCode: string;
  toolErrorMessage: string;
  executionId: string;
};

/** An error that came from the tool, not from Scalekit: the SDK's `ScalekitTool…Exception` classes. */
export function toolError(code: Code, fields: ToolErrorFields): ConnectError {
  return new ConnectError(fields.toolErrorMessage, code, undefined, [
    { desc: ErrorInfoSchema, value: { errorCode: 'TOOL_ERROR', toolErrorInfo: fields } },
  ]);
}

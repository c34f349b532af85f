import type { ApiError } from '../api-error.ts';
import type { JsonWriter } from '../json-write.ts';
import type { OperationModel } from '../model.ts';
import type { WireAnswer } from '../request.ts';
import { blameOf, type ErrorContext, errorTraits, queryErrorOf } from './answer.ts';

/** AWS JSON 1.0 and 1.1: one POST to `/`, the operation in `X-Amz-Target`, JSON both ways. */
export type JsonProtocolName = 'awsJson1_0' | 'awsJson1_1';

const contentTypes = {
  awsJson1_0: 'application/x-amz-json-1.0',
  awsJson1_1: 'application/x-amz-json-1.1',
} as const satisfies Record<JsonProtocolName, string>;

export function jsonOutput(
  protocol: JsonProtocolName,
  writer: JsonWriter,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireAnswer {
  const headers = { 'x-amzn-RequestId': requestId, 'Content-Type': contentTypes[protocol] };
  return { status: 200, headers, body: writer.writeAnswer(operation.output, output) };
}

/** Modelled exceptions answer 400 or 500, whatever HTTP status the model gives them for other protocols. */
export function jsonError(
  protocol: JsonProtocolName,
  writer: JsonWriter,
  error: ApiError,
  context: ErrorContext,
): WireAnswer {
  const traits = errorTraits(error, context);
  const status = traits.error === 'server' ? 500 : traits.error === 'client' ? 400 : error.status;
  const queryError = queryErrorOf(error, context).code;
  return {
    status,
    headers: {
      'x-amzn-RequestId': context.requestId,
      'x-amzn-ErrorType': error.code,
      'Content-Type': contentTypes[protocol],
      ...(context.service?.queryCompatible === true
        ? { 'x-amzn-query-error': `${queryError};${blameOf(status)}` }
        : {}),
    },
    body: jsonErrorBody(writer, error, context),
  };
}

/** `{"__type", "message", …}`: the members of a modelled exception by its shape, of another none. */
export function jsonErrorBody(writer: JsonWriter, error: ApiError, context: ErrorContext): string {
  const shape = context.service?.errors.get(error.code);
  const members = shape === undefined ? {} : (writer.prepare(shape, error.members) as Record<string, unknown>);
  const message = shape?.members.has('Message') === true ? 'Message' : 'message';
  return JSON.stringify({ ...members, __type: error.code, [message]: error.message });
}

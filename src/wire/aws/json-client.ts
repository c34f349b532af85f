import { ApiError } from './api-error.ts';
import { createJsonReader, type JsonObject, type JsonReader, parseJson } from './json-read.ts';
import { createJsonWriter, type JsonWriter } from './json-write.ts';
import type { ServiceModel } from './model.ts';
import { headerOf } from './request.ts';
import { type CallerOptions, type ClientDeps, type ClientResponse, createPost } from './signed-call.ts';

export interface JsonClientOptions extends CallerOptions {
  /** What stands before the operation in `X-Amz-Target`. */
  readonly targetPrefix: string;
  /**
   * The service's shapes. With them inputs may hold Dates and bytes, and answers are checked and timestamps epoch
   * seconds; without them both are plain JSON.
   */
  readonly model?: ServiceModel;
}

export interface JsonClient {
  /**
   * Calls one operation, once: who calls decides about retries. Throws {@link ApiError} with the answer's code,
   * message, status and request id when the service refuses, and what `send` throws when no answer came.
   */
  call(operation: string, input: object, signal?: AbortSignal): Promise<JsonObject>;
}

/** A signing client for a service that speaks AWS JSON 1.1. */
export function createJsonClient(options: JsonClientOptions, deps: ClientDeps): JsonClient {
  const post = createPost(options, deps);
  const writer = createJsonWriter();
  const reader = createJsonReader({ reads: 'answer', validationError: 'SerializationException' });
  return {
    async call(operation, input, signal) {
      const body = inputText(options.model, writer, operation, input);
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${options.targetPrefix}.${operation}`,
      };
      const response = await post(body, headers, signal);
      return response.status === 200 ? readOutput(options.model, reader, operation, response) : refuse(response);
    },
  };
}

function inputText(model: ServiceModel | undefined, writer: JsonWriter, operation: string, input: object): string {
  const shape = model?.operations.get(operation)?.input;
  return shape === undefined ? JSON.stringify(input) : writer.write(shape, input);
}

function readOutput(
  model: ServiceModel | undefined,
  reader: JsonReader,
  operation: string,
  response: ClientResponse,
): JsonObject {
  const value = parseAnswer(response);
  const shape = model?.operations.get(operation)?.output;
  return shape === undefined ? value : reader.read(shape, value);
}

/** Throws ApiError `InvalidResponse` when the answer is no JSON object: something else than the service answered. */
function parseAnswer(response: ClientResponse): JsonObject {
  let value: unknown;
  try {
    value = parseJson(response.body);
  } catch (cause) {
    throw notOurs(response, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notOurs(response);
  return value as JsonObject;
}

function notOurs(response: ClientResponse, cause?: unknown): ApiError {
  const message = `The endpoint answered with status ${response.status} and a body that is not JSON`;
  return new ApiError('InvalidResponse', message, { status: response.status, cause });
}

function refuse(response: ClientResponse): never {
  const { __type: type, message, Message, ...members } = parseAnswer(response);
  const code = codeOf(headerOf(response.headers, 'x-amzn-errortype') ?? type);
  const text = message ?? Message;
  const requestId = headerOf(response.headers, 'x-amzn-requestid');
  throw new ApiError(code ?? 'UnknownError', typeof text === 'string' ? text : '', {
    status: response.status,
    members,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

/** `com.amazonaws.ecs#ClusterNotFoundException` and `ClusterNotFoundException:http://…` are the same code. */
function codeOf(type: unknown): string | undefined {
  if (typeof type !== 'string' || type === '') return undefined;
  return type.split(':', 1)[0]?.split('#').at(-1);
}

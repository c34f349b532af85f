import { unreachable } from '#base';
import type { ApiError } from '../api-error.ts';
import { familyOf, notServed } from '../family.ts';
import { createJsonReader, type JsonObject, type JsonReader, parseJson } from '../json-read.ts';
import { createJsonWriter, type JsonWriter } from '../json-write.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireAnswer } from '../request.ts';
import type { ProtocolName } from '../snapshot.ts';
import { type ErrorContext, errorTraits, httpStatus } from './answer.ts';
import { cborError } from './cbor.ts';
import { jsonError, jsonErrorBody, jsonOutput } from './json.ts';
import { ec2Error, queryError, s3Error } from './xml.ts';

/** Where a request goes, and in which protocol it and its answer are written. */
export interface Route {
  readonly service: ServiceModel;
  readonly operation: OperationModel;
  readonly protocol: ProtocolName;
  /** REST only: the values of the path's labels, decoded. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Requests to inputs and outputs to answers, by protocol. Errors are written in every protocol; inputs and outputs so
 * far only in AWS JSON: a route in another protocol is answered 501.
 */
export interface Codec {
  /** The checked input. Throws {@link ApiError}: SerializationException, the service's validation error, or 501. */
  readInput(route: Route, body: Uint8Array): JsonObject;
  writeOutput(route: Route, output: unknown, requestId: string): WireAnswer;
  writeError(protocol: ProtocolName, error: ApiError, context: ErrorContext): WireAnswer;
}

/** Readers and writers are compiled at first use and kept: make one codec per process. */
export function createCodec(): Codec {
  const readers = new Map<string, JsonReader>();
  const writer = createJsonWriter();
  const readerFor = (service: ServiceModel): JsonReader => {
    const known = readers.get(service.key);
    if (known !== undefined) return known;
    // ECS leaves its model's patterns, lengths and ranges to the service, which words them itself.
    const checkEverything = service.key !== 'ecs';
    const made = createJsonReader({ reads: 'request', validationError: service.validationError, checkEverything });
    readers.set(service.key, made);
    return made;
  };
  return {
    readInput(route, body) {
      if (!isJson(route.protocol)) throw notYet(route);
      return readerFor(route.service).read(route.operation.input, parseJson(body));
    },
    writeOutput(route, output, requestId) {
      if (!isJson(route.protocol)) throw notYet(route);
      return jsonOutput(route.protocol, writer, route.operation, output, requestId);
    },
    writeError: (protocol, error, context) => writeError(protocol, writer, error, context),
  };
}

function isJson(protocol: ProtocolName): protocol is 'awsJson1_0' | 'awsJson1_1' {
  return protocol === 'awsJson1_0' || protocol === 'awsJson1_1';
}

function notYet(route: Route): ApiError {
  return notServed(
    `${route.operation.name} of ${route.service.title} over ${route.protocol}`,
    familyOf(route.protocol),
  );
}

function writeError(protocol: ProtocolName, writer: JsonWriter, error: ApiError, context: ErrorContext): WireAnswer {
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
      return jsonError(protocol, writer, error, context);
    case 'restJson1':
      return {
        status: httpStatus(error, errorTraits(error, context)),
        headers: {
          'x-amzn-RequestId': context.requestId,
          'x-amzn-ErrorType': error.code,
          'Content-Type': 'application/json',
        },
        body: context.method === 'HEAD' ? '' : jsonErrorBody(writer, error, context),
      };
    case 'awsQuery':
      return queryError(error, context);
    case 'ec2Query':
      return ec2Error(error, context);
    case 'restXml':
      return s3Error(error, context);
    case 'rpcv2Cbor':
      return cborError(error, context);
    default:
      return unreachable(protocol);
  }
}

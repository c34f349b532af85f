import { unreachable } from '#base';
import type { ApiError } from '../api-error.ts';
import { familyOf, notServed } from '../family.ts';
import { createJsonReader, type JsonObject, parseJson } from '../json-read.ts';
import { createJsonWriter, type JsonWriter } from '../json-write.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireAnswer } from '../request.ts';
import type { ProtocolName } from '../snapshot.ts';
import { type ErrorContext, errorTraits, httpStatus } from './answer.ts';
import { cborError } from './cbor.ts';
import { jsonError, jsonErrorBody, jsonOutput } from './json.ts';
import { ec2Output, QueryInputs, queryOutput, type RequestHead } from './query.ts';
import { RestXmlInputs, restXmlOutput } from './rest-xml.ts';
import { ec2Error, queryError, restXmlError } from './xml.ts';

/** Where a request goes, and in which protocol it and its answer are written. */
export interface Route {
  readonly service: ServiceModel;
  readonly operation: OperationModel;
  readonly protocol: ProtocolName;
  /** REST only: the values of the path's labels, decoded. */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Requests to inputs and outputs to answers, by protocol. Errors are written in every protocol; inputs and outputs in
 * AWS JSON, AWS Query, EC2 Query and REST XML: a route in another protocol is answered 501.
 */
export interface Codec {
  /**
   * The checked input. `head` is the request's, whose query string may hold parameters. Throws {@link ApiError}: the
   * protocol's error for what is malformed, the service's validation error, or 501.
   */
  readInput(route: Route, body: Uint8Array, head?: RequestHead): JsonObject;
  writeOutput(route: Route, output: unknown, requestId: string): WireAnswer;
  writeError(protocol: ProtocolName, error: ApiError, context: ErrorContext): WireAnswer;
}

/** How the inputs of one service are read in one protocol. */
type ReadInput = (route: Route, body: Uint8Array, head: RequestHead | undefined) => JsonObject;

/** Readers and writers are compiled at first use and kept: make one codec per process. */
export function createCodec(): Codec {
  const readers = new Map<string, ReadInput>();
  const writer = createJsonWriter();
  return {
    readInput(route, body, head) {
      const key = `${route.service.key} ${route.protocol}`;
      const read = readers.get(key) ?? readerOf(route);
      readers.set(key, read);
      return read(route, body, head);
    },
    writeOutput: (route, output, requestId) => writeOutput(route, writer, output, requestId),
    writeError: (protocol, error, context) => writeError(protocol, writer, error, context),
  };
}

function readerOf(route: Route): ReadInput {
  const { service, protocol } = route;
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1': {
      // ECS leaves its model's patterns, lengths and ranges to the service, which words them itself.
      const checkEverything = service.key !== 'ecs';
      const { validationError } = service;
      const reader = createJsonReader({ reads: 'request', validationError, checkEverything });
      return ({ operation }, body) => reader.read(operation.input, parseJson(body));
    }
    case 'awsQuery':
    case 'ec2Query': {
      const inputs = new QueryInputs(protocol, service);
      return ({ operation }, body, head) => inputs.read(operation, body, head);
    }
    case 'restXml': {
      const inputs = new RestXmlInputs(service);
      return ({ operation, labels = {} }, body, head) => inputs.read(operation, body, head ?? noHead, labels);
    }
    case 'restJson1':
    case 'rpcv2Cbor':
      throw notYet(route);
    default:
      return unreachable(protocol);
  }
}

const noHead: RequestHead = { url: '/', headers: {} };

function writeOutput(route: Route, writer: JsonWriter, output: unknown, requestId: string): WireAnswer {
  const { service, operation, protocol } = route;
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
      return jsonOutput(protocol, writer, operation, output, requestId);
    case 'awsQuery':
      return queryOutput(service, operation, output, requestId);
    case 'ec2Query':
      return ec2Output(service, operation, output, requestId);
    case 'restXml':
      return restXmlOutput(service, operation, output, requestId);
    case 'restJson1':
    case 'rpcv2Cbor':
      throw notYet(route);
    default:
      return unreachable(protocol);
  }
}

function notYet(route: Route): ApiError {
  return notServed(
    `${route.operation.name} of ${route.service.title} over ${route.protocol}`,
    familyOf(route.protocol, route.service.signingName),
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
      return restXmlError(error, context);
    case 'rpcv2Cbor':
      return cborError(error, context);
    default:
      return unreachable(protocol);
  }
}

import { ApiError } from './api-error.ts';
import { formParameters } from './form-write.ts';
import { createJsonReader, type JsonObject } from './json-read.ts';
import type { ServiceModel } from './model.ts';
import { headerOf } from './request.ts';
import type { StructureShape } from './shape.ts';
import { type CallerOptions, type ClientDeps, type ClientResponse, createPost } from './signed-call.ts';
import { parseXml, type XmlElement } from './xml-parse.ts';
import { createXmlReader } from './xml-read.ts';

export interface QueryClientOptions extends Omit<CallerOptions, 'service'> {
  /** The service's shapes: neither a form nor XML can be told without them. */
  readonly model: ServiceModel;
}

export interface QueryClient {
  /** Calls one operation, once; the same in every way as a call of the JSON client with a model. */
  call(operation: string, input: object, signal?: AbortSignal): Promise<JsonObject>;
}

/** A signing client for a service that speaks AWS Query or EC2 Query. */
export function createQueryClient(options: QueryClientOptions, deps: ClientDeps): QueryClient {
  const { model } = options;
  const style = model.protocols.includes('ec2Query') ? 'ec2Query' : 'awsQuery';
  const post = createPost({ ...options, service: model.signingName }, deps);
  const elements = createXmlReader(
    ({ path, wanted }) => new ApiError('InvalidResponse', `The endpoint answered ${path} that is not ${wanted}`),
  );
  const values = createJsonReader({ reads: 'answer', validationError: 'SerializationException' });
  const readOutput = (shape: StructureShape | undefined, root: XmlElement, operation: string): JsonObject => {
    if (shape === undefined) return {};
    const result = style === 'ec2Query' ? root : root.children.find(({ name }) => name === `${operation}Result`);
    return values.read(shape, result === undefined ? {} : elements.read(shape, result));
  };
  return {
    async call(operation, input, signal) {
      const found = model.operations.get(operation);
      if (found === undefined) throw new ApiError('InvalidAction', `${model.title} has no operation ${operation}`);
      const form = new URLSearchParams([
        ['Action', operation],
        ['Version', model.version],
        ...formParameters(style, found.input, input).map(([name, value]): [string, string] => [name, value]),
      ]).toString();
      const response = await post(form, { 'content-type': 'application/x-www-form-urlencoded' }, signal);
      const root = rootOf(response);
      if (response.status !== 200) throw refusal(response, root);
      return readOutput(found.output, root, operation);
    },
  };
}

/** Throws ApiError `InvalidResponse` when the answer is no XML: something else than the service answered. */
function rootOf(response: ClientResponse): XmlElement {
  try {
    return parseXml(Buffer.from(response.body).toString('utf8'));
  } catch (cause) {
    const message = `The endpoint answered with status ${response.status} and a body that is not XML`;
    throw new ApiError('InvalidResponse', message, { status: response.status, cause });
  }
}

/** `<ErrorResponse><Error>…` of AWS Query, `<Response><Errors><Error>…` of EC2. */
function refusal(response: ClientResponse, root: XmlElement): ApiError {
  const inner = childOf(root, 'Errors') ?? root;
  const error = childOf(inner, 'Error');
  const text = (name: string): string | undefined => (error === undefined ? undefined : childOf(error, name)?.text);
  const requestId =
    childOf(root, 'RequestId')?.text ??
    childOf(root, 'RequestID')?.text ??
    headerOf(response.headers, 'x-amzn-requestid');
  return new ApiError(text('Code') ?? 'UnknownError', text('Message') ?? '', {
    status: response.status,
    ...(requestId === undefined ? {} : { requestId }),
  });
}

function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

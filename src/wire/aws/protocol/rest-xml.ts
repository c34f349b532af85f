import { ApiError } from '../api-error.ts';
import { createJsonReader, type JsonObject, type JsonReader } from '../json-read.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import type { WireAnswer } from '../request.ts';
import type { Member, StructureShape } from '../shape.ts';
import { xmlName } from '../wire-name.ts';
import { parseXml } from '../xml-parse.ts';
import { createXmlReader, type XmlReader } from '../xml-read.ts';
import { xmlDeclaration } from '../xml-text.ts';
import { writeXmlElement } from '../xml-write.ts';
import { bindingOf, bodyMembers, headersOf, readBound } from './http-binding.ts';
import type { RequestHead } from './query.ts';

/** REST XML: members in path, query, headers, and in the body as a document or as it is. */

/** Reads the inputs of one service. */
export class RestXmlInputs {
  readonly #xml: XmlReader = createXmlReader(({ path, wanted }) => malformed(`${path} is not ${wanted}`));
  readonly #checks: JsonReader;
  readonly #bodies = new WeakMap<StructureShape, StructureShape>();

  constructor(service: ServiceModel) {
    this.#checks = createJsonReader({
      reads: 'request',
      validationError: service.validationError,
      checkEverything: true,
      malformed: 'MalformedInput',
    });
  }

  read(
    { input }: OperationModel,
    body: Uint8Array,
    head: RequestHead,
    labels: Readonly<Record<string, string>>,
  ): JsonObject {
    if (input === undefined) return {};
    const bound = readBound(input, head, labels, ({ member, value, wanted }) =>
      malformed(`Value '${value.slice(0, 128)}' at '${member}' is not ${wanted}`),
    );
    return this.#checks.read(input, { ...this.#readBody(input, body), ...bound });
  }

  #readBody(input: StructureShape, body: Uint8Array): Record<string, unknown> {
    if (body.length === 0) return {};
    const payload = [...input.members.values()].find((member) => bindingOf(member) === 'payload');
    if (payload !== undefined) return { [payload.name]: this.#readPayload(payload, body) };
    const shape = this.#bodies.get(input) ?? bodyMembers(input);
    this.#bodies.set(input, shape);
    return shape.members.size === 0 ? {} : this.#xml.read(shape, parseXml(Buffer.from(body).toString('utf8')));
  }

  #readPayload(member: Member, body: Uint8Array): unknown {
    const { shape } = member;
    if (shape.type === 'blob') return Buffer.from(body).toString('base64');
    const text = Buffer.from(body).toString('utf8');
    if (shape.type !== 'structure' && shape.type !== 'union') return text;
    return this.#xml.read(shape, parseXml(text));
  }
}

function malformed(message: string): ApiError {
  return new ApiError('MalformedInput', message);
}

/** `<CreateHostedZoneResponse xmlns>…`, with the status of the model and the members that are headers. */
export function restXmlOutput(
  service: ServiceModel,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireAnswer {
  const value = (output ?? {}) as Readonly<Record<string, unknown>>;
  const { output: shape, traits } = operation;
  const [, , modelled = 200] = (traits.http ?? []) as readonly [string?, string?, number?];
  const code = [...(shape?.members.values() ?? [])].find((member) => bindingOf(member) === 'status');
  const status = typeof value[code?.name ?? ''] === 'number' ? (value[code?.name ?? ''] as number) : modelled;
  const headers = { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' };
  if (shape === undefined) return { status, headers, body: '' };
  return { status, headers: { ...headers, ...headersOf(shape, value) }, body: bodyOf(service, shape, value) };
}

function bodyOf(
  service: ServiceModel,
  shape: StructureShape,
  value: Readonly<Record<string, unknown>>,
): string | Uint8Array {
  const namespace = service.xmlNamespace;
  const payload = [...shape.members.values()].find((member) => bindingOf(member) === 'payload');
  if (payload === undefined) {
    return xmlDeclaration + writeXmlElement(shape.name, bodyMembers(shape), value, namespace);
  }
  const content = value[payload.name];
  if (content === undefined || content === null) return '';
  if (content instanceof Uint8Array || typeof content === 'string') return content;
  if (payload.shape.type !== 'structure' && payload.shape.type !== 'union') return '';
  const name = typeof payload.traits.xmlName === 'string' ? xmlName(payload) : payload.shape.name;
  return xmlDeclaration + writeXmlElement(name, payload.shape, content, namespace);
}

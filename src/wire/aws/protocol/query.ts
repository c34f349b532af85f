import { ApiError } from '../api-error.ts';
import { parseForm } from '../form.ts';
import { createFormReader, type FormReader, type MalformedParameter } from '../form-read.ts';
import { createJsonReader, type JsonObject, type JsonReader } from '../json-read.ts';
import type { OperationModel, ServiceModel } from '../model.ts';
import { mediaTypeOf, splitTarget, type WireAnswer, type WireRequest } from '../request.ts';
import { notNull, type Violation } from '../violations.ts';
import type { FormStyle } from '../wire-name.ts';
import { escapeXml, textElement, xmlDeclaration } from '../xml-text.ts';
import { writeXmlMembers } from '../xml-write.ts';

/**
 * AWS Query and EC2 Query: parameters in a form or in the query string, XML as the answer. The two differ in how
 * lists are spelled, in the envelope, and in the words for what is wrong.
 */
export type QueryProtocolName = FormStyle;

/** What a request has besides its decoded body. */
export type RequestHead = Pick<WireRequest, 'url' | 'headers'>;

/** The form, and the query string for what the form does not say. */
export function formText(body: Uint8Array, head: RequestHead | undefined): string {
  const query = head === undefined ? '' : splitTarget(head.url).query;
  const isForm = head === undefined || mediaTypeOf(head.headers) === 'application/x-www-form-urlencoded';
  const form = isForm ? Buffer.from(body).toString('utf8') : '';
  return query === '' || form === '' ? form + query : `${query}&${form}`;
}

/** Reads the inputs of one service. */
export class QueryInputs {
  readonly #forms: FormReader;
  readonly #checks: JsonReader;

  constructor(style: QueryProtocolName, service: ServiceModel) {
    this.#forms = createFormReader(style, style === 'ec2Query' ? ec2Malformed : malformed);
    const common = { reads: 'request', validationError: service.validationError, checkEverything: true } as const;
    this.#checks = createJsonReader(
      style === 'ec2Query'
        ? { ...common, malformed: 'InvalidParameterValue', refuse: ec2Refusal }
        : { ...common, malformed: 'MalformedInput' },
    );
  }

  read(operation: OperationModel, body: Uint8Array, head: RequestHead | undefined): JsonObject {
    return this.#checks.read(operation.input, this.#forms.read(operation.input, parseForm(formText(body, head))));
  }
}

function malformed({ name, value, wanted }: MalformedParameter): ApiError {
  return new ApiError(
    'MalformedInput',
    `Invalid value${quoted(value)} for parameter ${shownName(name)}: not ${wanted}`,
  );
}

function ec2Malformed({ name, value, wanted }: MalformedParameter): ApiError {
  const message = `Value${value === undefined ? '' : ` (${value.slice(0, 128)})`} for parameter ${ec2Name(name)} is invalid. Expected ${wanted}.`;
  return new ApiError('InvalidParameterValue', message);
}

/** EC2 tells of one mistake at a time. Codes: "Error codes for the Amazon EC2 API"; the sentences are observed. */
function ec2Refusal(found: readonly Violation[]): ApiError {
  const [first] = found;
  const parameter = ec2Name((first?.path ?? '').replaceAll(/\.member\b/g, ''));
  if (first?.constraint === notNull) {
    return new ApiError('MissingParameter', `The request must contain the parameter ${parameter}`);
  }
  const value = first?.value === undefined || first.value === null ? '' : ` (${first.value})`;
  return new ApiError(
    'InvalidParameterValue',
    `Value${value} for parameter ${parameter} is invalid. ${first?.constraint}.`,
  );
}

/** EC2 names parameters with a small letter when it complains of them. */
function ec2Name(name: string): string {
  return shownName(name.charAt(0).toLowerCase() + name.slice(1));
}

function shownName(name: string): string {
  return name.slice(0, 256);
}

function quoted(value: string | undefined): string {
  return value === undefined ? '' : ` '${value.slice(0, 128)}'`;
}

/** `<DescribeXResponse xmlns><DescribeXResult>…</DescribeXResult><ResponseMetadata>…`. */
export function queryOutput(
  service: ServiceModel,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireAnswer {
  const { name, output: shape } = operation;
  const members = shape === undefined ? '' : writeXmlMembers(shape, output ?? {});
  const result = shape === undefined ? '' : `<${name}Result>${members}</${name}Result>`;
  const metadata = `<ResponseMetadata>${textElement('RequestId', requestId)}</ResponseMetadata>`;
  return {
    status: 200,
    headers: { 'x-amzn-RequestId': requestId, 'Content-Type': 'text/xml' },
    body: `<${name}Response${xmlnsOf(service.xmlNamespace)}>${result}${metadata}</${name}Response>`,
  };
}

/** `<DescribeXResponse xmlns><requestId>…</requestId>…`; an operation that answers nothing says that it is done. */
export function ec2Output(
  service: ServiceModel,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireAnswer {
  const { name, output: shape } = operation;
  const members = shape === undefined ? textElement('return', 'true') : writeXmlMembers(shape, output ?? {});
  // The client's model lacks the slash that the service ends its namespace with.
  const namespace = service.xmlNamespace?.replace(/\/?$/, '/');
  const inner = textElement('requestId', requestId) + members;
  return {
    status: 200,
    headers: { 'x-amzn-requestid': requestId, 'Content-Type': 'text/xml;charset=UTF-8' },
    body: `${xmlDeclaration}<${name}Response${xmlnsOf(namespace)}>${inner}</${name}Response>`,
  };
}

function xmlnsOf(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
}

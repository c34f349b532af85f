import type { ApiError } from '../api-error.ts';
import type { ProtocolName } from '../snapshot.ts';
import { escapeXml, textElement, xmlDeclaration } from '../xml-text.ts';
import type { ErrorContext, WriteError } from './answer.ts';
import { blameOf, errorTraits, httpStatus, queryErrorOf } from './answer.ts';
import { commonError } from './common-codes.ts';

/** Code and status: the model's, else those the protocol has for what is common to all services. */
function xmlErrorOf(
  error: ApiError,
  context: ErrorContext,
  protocol: ProtocolName,
): { readonly code: string; readonly status: number } {
  const modelled = queryErrorOf(error, context);
  if (context.service?.errors.has(error.code) === true) return modelled;
  return { ...modelled, ...commonError(error.code, protocol) };
}

/** `<ErrorResponse><Error><Type>…`: AWS Query, and REST XML beside S3. */
function errorResponse(protocol: ProtocolName): WriteError {
  return (error, context) => {
    const { code, status } = xmlErrorOf(error, context, protocol);
    const namespace = context.service?.xmlNamespace;
    const attribute = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
    const inner =
      textElement('Type', blameOf(status)) + textElement('Code', code) + textElement('Message', error.message);
    const body = `<ErrorResponse${attribute}><Error>${inner}</Error>${textElement('RequestId', context.requestId)}</ErrorResponse>`;
    return {
      status,
      headers: { 'x-amzn-RequestId': context.requestId, 'Content-Type': 'text/xml' },
      body: context.method === 'HEAD' ? '' : body,
    };
  };
}

/** AWS Query (IAM, STS, ELB, RDS, CloudFormation, Auto Scaling). */
export const queryError: WriteError = errorResponse('awsQuery');

/** EC2 Query. */
export const ec2Error: WriteError = (error, context) => {
  const { code, status } = xmlErrorOf(error, context, 'ec2Query');
  const inner = textElement('Code', code) + textElement('Message', error.message);
  return {
    status,
    headers: { 'x-amzn-requestid': context.requestId, 'Content-Type': 'text/xml;charset=UTF-8' },
    body: `${xmlDeclaration}<Response><Errors><Error>${inner}</Error></Errors>${textElement('RequestID', context.requestId)}</Response>`,
  };
};

/** REST XML: Route 53 and CloudFront answer as query services do; S3, and who is not known, in S3's form. */
export const restXmlError: WriteError = (error, context) =>
  context.service === undefined || context.service.signingName === 's3'
    ? s3Error(error, context)
    : errorResponse('restXml')(error, context);

/** An answer to HEAD has no body, so its clients go by the status. */
const s3Error: WriteError = (error, context) => {
  const inner = textElement('Code', error.code) + textElement('Message', error.message);
  const body = `${xmlDeclaration}<Error>${inner}${textElement('RequestId', context.requestId)}</Error>`;
  return {
    status: httpStatus(error, errorTraits(error, context)),
    headers: { 'x-amz-request-id': context.requestId, 'Content-Type': 'application/xml' },
    body: context.method === 'HEAD' ? '' : body,
  };
};

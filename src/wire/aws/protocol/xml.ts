import type { WriteError } from './answer.ts';
import { blameOf, errorTraits, httpStatus, queryErrorOf } from './answer.ts';

/** Text as XML carries it. Characters that XML 1.0 cannot carry at all become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(unrepresentable, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
// oxlint-disable-next-line no-control-regex -- these are the characters to find
const unrepresentable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu;

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function element(name: string, text: string): string {
  return `<${name}>${escapeXml(text)}</${name}>`;
}

/** AWS Query (IAM, STS, ELB, RDS, CloudFormation, Auto Scaling). */
export const queryError: WriteError = (error, context) => {
  const { code, status } = queryErrorOf(error, context);
  const namespace = context.service?.xmlNamespace;
  const attribute = namespace === undefined ? '' : ` xmlns="${escapeXml(namespace)}"`;
  const inner = element('Type', blameOf(status)) + element('Code', code) + element('Message', error.message);
  return {
    status,
    headers: { 'x-amzn-RequestId': context.requestId, 'Content-Type': 'text/xml' },
    body: `<ErrorResponse${attribute}><Error>${inner}</Error>${element('RequestId', context.requestId)}</ErrorResponse>`,
  };
};

/** EC2 Query. */
export const ec2Error: WriteError = (error, context) => {
  const { code, status } = queryErrorOf(error, context);
  const inner = element('Code', code) + element('Message', error.message);
  return {
    status,
    headers: { 'x-amzn-requestid': context.requestId, 'Content-Type': 'text/xml;charset=UTF-8' },
    body: `${declaration}<Response><Errors><Error>${inner}</Error></Errors>${element('RequestID', context.requestId)}</Response>`,
  };
};

/** REST XML as S3 speaks it; an answer to HEAD has no body, so its clients go by the status. */
export const s3Error: WriteError = (error, context) => {
  const inner = element('Code', error.code) + element('Message', error.message);
  const body = `${declaration}<Error>${inner}${element('RequestId', context.requestId)}</Error>`;
  return {
    status: httpStatus(error, errorTraits(error, context)),
    headers: { 'x-amz-request-id': context.requestId, 'Content-Type': 'application/xml' },
    body: context.method === 'HEAD' ? '' : body,
  };
};

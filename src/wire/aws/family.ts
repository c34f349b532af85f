import { unreachable } from '#base';
import { ApiError } from './api-error.ts';
import type { ProtocolName } from './snapshot.ts';

/** Services fall into families that name the same mistake differently. */
export type Family = 'json' | 'restJson' | 'query' | 'ec2' | 'restXml' | 's3';

/** `signingName` of the service where it is known: of those that speak REST XML, S3 is unlike the others. */
export function familyOf(protocol: ProtocolName, signingName = 's3'): Family {
  switch (protocol) {
    case 'awsJson1_0':
    case 'awsJson1_1':
    case 'rpcv2Cbor':
      return 'json';
    case 'restJson1':
      return 'restJson';
    case 'awsQuery':
      return 'query';
    case 'ec2Query':
      return 'ec2';
    case 'restXml':
      return signingName === 's3' ? 's3' : 'restXml';
    default:
      return unreachable(protocol);
  }
}

/** An operation that AWS has and this installation does not: status 501, which no client retries. */
export function notServed(what: string, family: Family): ApiError {
  const code = family === 'json' || family === 'restJson' ? 'NotImplementedException' : 'NotImplemented';
  return new ApiError(code, `${what} is not part of this Roadstead.`, { status: 501 });
}

/** An operation that AWS does not have either. */
export function unknownOperation(operation: string, version: string, family: Family): ApiError {
  switch (family) {
    case 'json':
      return new ApiError('UnknownOperationException', `Unknown operation: ${operation}`);
    case 'restJson':
      return new ApiError('UnknownOperationException', 'No operation matches this request.', { status: 404 });
    case 'query':
      return new ApiError('InvalidAction', `Could not find operation ${operation} for version ${version}`);
    case 'ec2':
      return new ApiError('InvalidAction', `The action ${operation} is not valid for this web service.`);
    case 'restXml':
      return new ApiError('UnknownOperation', 'No operation matches this request.', { status: 404 });
    case 's3':
      return new ApiError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        status: 405,
      });
    default:
      return unreachable(family);
  }
}

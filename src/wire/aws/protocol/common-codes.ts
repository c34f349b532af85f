import { unreachable } from '#base';
import type { ProtocolName } from '../snapshot.ts';

/** An error's code and, where the protocol has its own, status. */
interface CommonError {
  readonly code: string;
  readonly status?: number;
}

/** The errors that any operation may give, thrown under the names JSON services have for them. */
const query: Readonly<Record<string, CommonError>> = {
  AccessDeniedException: { code: 'AccessDenied', status: 403 },
  NotImplementedException: { code: 'NotImplemented' },
  RequestTimeoutException: { code: 'RequestTimeout' },
  SerializationException: { code: 'MalformedInput' },
  ServerException: { code: 'InternalFailure' },
  ThrottlingException: { code: 'Throttling' },
};

const ec2: Readonly<Record<string, CommonError>> = {
  ...query,
  AccessDeniedException: { code: 'UnauthorizedOperation', status: 403 },
  SerializationException: { code: 'InvalidParameterValue' },
  ServerException: { code: 'InternalError' },
  ThrottlingException: { code: 'RequestLimitExceeded', status: 503 },
};

/**
 * What a common error is called in a protocol. Source: "Common errors" of the query services' references, "Error codes
 * for the Amazon EC2 API".
 */
export function commonError(code: string, protocol: ProtocolName): CommonError {
  switch (protocol) {
    case 'awsQuery':
    case 'restXml':
      return query[code] ?? { code };
    case 'ec2Query':
      return ec2[code] ?? { code };
    case 'awsJson1_0':
    case 'awsJson1_1':
    case 'restJson1':
    case 'rpcv2Cbor':
      return { code };
    default:
      return unreachable(protocol);
  }
}

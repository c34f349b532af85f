import type { WriteError } from './answer.ts';
import { blameOf, errorTraits, httpStatus, queryErrorOf } from './answer.ts';

/** RPC v2 CBOR: errors are a map with `__type` and `message`; the protocol's own header is echoed. */
export const cborError: WriteError = (error, context) => {
  const status = httpStatus(error, errorTraits(error, context));
  const queryCode = queryErrorOf(error, context).code;
  return {
    status,
    headers: {
      'x-amzn-RequestId': context.requestId,
      'smithy-protocol': 'rpc-v2-cbor',
      'Content-Type': 'application/cbor',
      ...(context.service?.queryCompatible === true ? { 'x-amzn-query-error': `${queryCode};${blameOf(status)}` } : {}),
    },
    body: cborTextMap({ __type: error.code, message: error.message }),
  };
};

const majorText = 3;
const majorMap = 5;

/** A map of texts, RFC 8949. */
export function cborTextMap(entries: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(entries);
  return Buffer.concat([head(majorMap, pairs.length), ...pairs.flatMap(([key, value]) => [text(key), text(value)])]);
}

function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([head(majorText, bytes.length), bytes]);
}

/** The initial byte with its argument: inside it, or in the following 1, 2 or 4 bytes. */
function head(major: number, argument: number): Uint8Array {
  const type = major << 5;
  if (argument < 24) return Uint8Array.of(type | argument);
  if (argument < 0x100) return Uint8Array.of(type | 24, argument);
  if (argument < 0x10000) return Uint8Array.of(type | 25, argument >> 8, argument & 0xff);
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(type | 26);
  bytes.writeUInt32BE(argument, 1);
  return bytes;
}

import { gunzipSync } from 'node:zlib';
import { ApiError } from './api-error.ts';
import { headerOf, type WireHeaders } from './request.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The largest request body a service takes, in bytes, before and after decompression. */
const bodyLimits: ReadonlyMap<string, number> = new Map([
  // A task definition may have 64 KiB; everything else of ECS is far smaller.
  ['ecs', 1 * MiB],
  ['roadstead', 64 * KiB],
  // PutLogEvents takes 1 MiB of messages; JSON writes a control character in six bytes.
  ['cloudwatch-logs', 7 * MiB],
  // PutMetricData takes 1 MiB of content by its documentation; the envelope comes on top.
  ['cloudwatch', 2 * MiB],
  ['cloudformation', 2 * MiB],
  // An image layer part (10 MiB by default) in base64.
  ['ecr', 32 * MiB],
  // A deployment package by value, and an invocation's payload.
  ['lambda', 72 * MiB],
]);

/** What a service without a row takes. */
const defaultBodyLimit = 1 * MiB;

/** The largest request body of a service, in bytes. */
export function bodyLimitOf(serviceKey: string | undefined): number {
  return bodyLimits.get(serviceKey ?? '') ?? defaultBodyLimit;
}

/** Refuses a body that is too large: 413, in a code that needs no service. */
export function bodyTooLarge(limitBytes: number): ApiError {
  return new ApiError('RequestEntityTooLarge', `The request body is larger than ${limitBytes} bytes.`, { status: 413 });
}

/**
 * The body as it was before the client compressed it (`Content-Encoding: gzip`). Signatures cover the compressed
 * form, so verify first. Throws ApiError 413 when more than `limitBytes` come out, SerializationException when the
 * body is not gzip or is compressed in another way. `aws-chunked` is a framing, not a compression, and is passed over.
 */
export function decodeBody(headers: WireHeaders, body: Uint8Array, limitBytes: number): Uint8Array {
  if (body.length > limitBytes) throw bodyTooLarge(limitBytes);
  const declared = headerOf(headers, 'content-encoding');
  if (declared === undefined) return body;
  const encodings = declared
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity' && encoding !== 'aws-chunked');
  if (encodings.length === 0) return body;
  if (encodings.length > 1 || (encodings[0] !== 'gzip' && encodings[0] !== 'x-gzip')) {
    throw new ApiError('SerializationException', 'The request body must be plain or compressed with gzip once.');
  }
  try {
    return gunzipSync(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(limitBytes);
    throw new ApiError('SerializationException', 'The request body is not valid gzip.', { cause });
  }
}

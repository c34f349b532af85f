import type { IncomingMessage } from 'node:http';
import type { Clock } from '#base';
import { ApiError, bodyTooLarge } from '#wire/aws';

/**
 * The whole body of a request. ApiError with status 413 when it is larger than `limitBytes`, 408 when it is not there
 * in time; the rest of it is then never read.
 */
export function readBody(
  request: IncomingMessage,
  options: { readonly limitBytes: number; readonly timeoutMs: number },
  clock: Clock,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      timer.cancel();
      how();
    };
    const refuse = (error: () => ApiError): void =>
      settle(() => {
        request.removeAllListeners('data');
        reject(error());
      });
    const timer = clock.setTimer(options.timeoutMs, () => refuse(() => tooSlow(options.timeoutMs)));
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > options.limitBytes) refuse(() => bodyTooLarge(options.limitBytes));
      else chunks.push(chunk);
    });
    request.on('end', () =>
      settle(() => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks))),
    );
    // After every request, complete or not.
    request.on('close', () => refuse(() => aborted('The connection was closed before the request was complete.')));
    request.on('error', () => refuse(() => aborted('The connection broke before the request was complete.')));
  });
}

function tooSlow(timeoutMs: number): ApiError {
  return new ApiError(
    'RequestTimeoutException',
    `The request was not complete after ${timeoutMs / 1000} seconds. Idle connections will be closed.`,
    { status: 408 },
  );
}

function aborted(sentence: string): ApiError {
  return new ApiError('RequestAborted', sentence);
}

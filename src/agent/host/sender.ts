import { Fault } from '#base';
import type { SendRequest } from '#wire/client';
import { destroyOnAbort, http, loadHttps } from './node-http.ts';

export interface SenderOptions {
  /** Of what is asked: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** Without a byte for so long a call is given up. */
  readonly timeoutMs: number;
  /** The largest answer that is read; a larger one is given up with Fault `TooLarge`. */
  readonly maxAnswerBytes?: number;
}

/** HTTP with connections kept open: an agent calls in bursts. */
export function createSender({ endpoint, timeoutMs, maxAnswerBytes }: SenderOptions): SendRequest {
  const transport = endpoint.startsWith('https:') ? loadHttps() : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 16 });
  return (call, signal) =>
    new Promise((resolve, reject) => {
      const outgoing = transport.request(call.url, {
        method: call.method,
        headers: { ...call.headers, 'content-length': String(call.body.length) },
        timeout: timeoutMs,
        agent,
      });
      if (signal !== undefined) destroyOnAbort(outgoing, signal);
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (maxAnswerBytes === undefined || size <= maxAnswerBytes) return;
          outgoing.destroy();
          reject(new Fault('TooLarge', `the answer is larger than ${maxAnswerBytes} bytes`));
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on('timeout', () => outgoing.destroy(new Fault('Timeout', 'no answer in time', { retryable: true })));
      outgoing.on('error', reject);
      outgoing.end(call.body);
    });
}

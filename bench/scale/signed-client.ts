import { Agent, request } from 'node:http';
import { createJsonClient, type SendRequest } from '#wire/client';
import { SystemClock } from '../../src/main/system-clock.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Target {
  readonly url: string;
  readonly keys: Keys;
}

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read member by member
export type Answer = any;
export type Call = (operation: string, input?: object) => Promise<Answer>;

/** Signed ECS calls over at most `sockets` connections that stay open. Rejects with AWS's `code`. */
export function signedClient({ url, keys }: Target, sockets: number): Call {
  const client = createJsonClient(
    {
      service: 'ecs',
      targetPrefix: 'AmazonEC2ContainerServiceV20141113',
      endpoint: url,
      region: 'us-east-1',
      credentials: keys,
    },
    { clock: new SystemClock(), send: sender(sockets) },
  );
  return (operation, input = {}) => client.call(operation, input);
}

function sender(sockets: number): SendRequest {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  return (call) =>
    new Promise((resolve, reject) => {
      const headers = { ...call.headers, 'content-length': String(call.body.length) };
      const outgoing = request(call.url, { method: call.method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on('error', reject);
      outgoing.end(call.body);
    });
}

/** Does `count` pieces of work, `lanes` at a time. */
export async function inLanes(count: number, lanes: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

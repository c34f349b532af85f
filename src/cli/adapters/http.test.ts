import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { array, assert as assertProperty, asyncProperty, constantFrom, integer, record, uint8Array } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkHttp } from './http.ts';
import { ResponseParser } from './response-parser.ts';

/** Runs `use` against a loopback server. */
async function serving<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a request arrives as Node's server reads it", async () => {
  const seen: unknown[] = [];
  const answer = await serving(
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(request.method, request.url, request.headers['x-one'], Buffer.concat(chunks).toString());
        response.writeHead(418, { 'X-Two': 'b' }).end('short and stout');
      });
    },
    (url) =>
      networkHttp().send({
        method: 'POST',
        url: `${url}/a%20path?q=1`,
        headers: { 'x-one': 'a' },
        body: new TextEncoder().encode('body é'),
      }),
  );
  expect(seen).toEqual(['POST', '/a%20path?q=1', 'a', 'body é']);
  expect(answer).toMatchObject({ status: 418, headers: { 'x-two': 'b' } });
  expect(new TextDecoder().decode(answer.body)).toBe('short and stout');
});

test('a body comes through whole, whatever its framing and however it is cut', async () => {
  const framing = constantFrom('length', 'chunked', 'close' as const);
  const parts = array(uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 6 });
  const property = asyncProperty(record({ framing, parts, cut: integer({ min: 1, max: 50 }) }), async (input) => {
    const body = Buffer.concat(input.parts);
    const raw = await rawAnswer(input.framing, input.parts);
    const parser = new ResponseParser();
    let answer: ReturnType<ResponseParser['push']>;
    for (let at = 0; at < raw.length && answer === undefined; at += input.cut) {
      answer = parser.push(raw.subarray(at, at + input.cut));
    }
    answer ??= parser.end();
    expect(Buffer.from(answer.body).equals(body)).toBe(true);
    expect(answer.status).toBe(200);
  });
  await assertProperty(property, { numRuns: 60 });
});

/** The bytes of an answer, with an interim one before it. */
function rawAnswer(framing: 'length' | 'chunked' | 'close', parts: readonly Uint8Array[]): Promise<Buffer> {
  const body = Buffer.concat(parts);
  const headers = {
    length: `Content-Length: ${body.length}\r\n`,
    chunked: 'Transfer-Encoding: chunked\r\n',
    close: '',
  };
  const chunks = parts.flatMap((part) => [
    Buffer.from(`${part.length.toString(16)};x=y\r\n`),
    part,
    Buffer.from('\r\n'),
  ]);
  const framed = framing === 'chunked' ? Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]) : body;
  const head = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nDate: now\r\n${headers[framing]}\r\n`;
  return Promise.resolve(Buffer.concat([Buffer.from(head), framed]));
}

describe('what goes wrong is a fault with a code', () => {
  test('nobody listens', async () => {
    const sent = networkHttp().send({ method: 'GET', url: 'http://127.0.0.1:1/' });
    await expect(sent).rejects.toMatchObject({
      code: 'Unreachable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('no answer in time', async () => {
    const sent = serving(
      () => {},
      (url) => networkHttp().send({ method: 'GET', url, timeoutMs: 50 }),
    );
    await expect(sent).rejects.toMatchObject({ code: 'TimedOut' });
  });

  test('stopped by the user', async () => {
    const stop = new AbortController();
    const sent = serving(
      () => stop.abort(),
      (url) => networkHttp().send({ method: 'GET', url, signal: stop.signal }),
    );
    await expect(sent).rejects.toMatchObject({ code: 'Aborted' });
  });

  test.each([
    ['SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    [''],
  ])('an answer that is none: %j', async (bytes) => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(networkHttp().send({ method: 'GET', url })).rejects.toMatchObject({ code: 'BadAnswer' });
    server.close();
  });
});

import { Fault } from '#base';
import type { HttpResponse } from '../ports.ts';

/** Answers beyond this are refused: nothing that the command line asks for is near it. */
const maxBytes = 64 * 1024 * 1024;

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body begins. */
  readonly bodyAt: number;
}

/**
 * Reads one HTTP/1.1 answer as its bytes arrive, however they are cut. Source: RFC 9112, sections 4 to 7. Throws a
 * Fault (`BadAnswer`) for what is no such answer.
 */
export class ResponseParser {
  #bytes: Buffer = Buffer.alloc(0);

  /** The answer once it is whole. */
  push(chunk: Uint8Array): HttpResponse | undefined {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.byteLength > maxBytes) throw badAnswer(`longer than ${maxBytes} bytes`);
    return this.#read(false);
  }

  /** The connection has ended: the answer, if that is how it ends. */
  end(): HttpResponse {
    const response = this.#read(true);
    if (response === undefined) throw badAnswer('it ends in the middle');
    return response;
  }

  #read(ended: boolean): HttpResponse | undefined {
    let head = readHead(this.#bytes);
    // Interim answers (100 Continue) come before the real one.
    while (head !== undefined && head.status >= 100 && head.status < 200) {
      this.#bytes = this.#bytes.subarray(head.bodyAt);
      head = readHead(this.#bytes);
    }
    if (head === undefined) return undefined;
    const rest = this.#bytes.subarray(head.bodyAt);
    const body = readBody(head, rest, ended);
    return body === undefined ? undefined : { status: head.status, headers: head.headers, body };
  }
}

function readHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) throw badAnswer(`it begins with ${JSON.stringify(statusLine.slice(0, 60))}`);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw badAnswer(`a header without a name: ${JSON.stringify(line.slice(0, 60))}`);
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers, bodyAt: end + 4 };
}

function readBody({ status, headers }: Head, rest: Buffer, ended: boolean): Buffer | undefined {
  if (status === 204 || status === 304) return Buffer.alloc(0);
  if (headers['transfer-encoding'] !== undefined) return readChunks(rest);
  const length = headers['content-length'];
  if (length === undefined) return ended ? rest : undefined;
  if (!/^\d+$/.test(length)) throw badAnswer(`its length is ${JSON.stringify(length)}`);
  return rest.byteLength >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = rest.toString('latin1', at, lineEnd).split(';', 1)[0]?.trim() ?? '';
    if (!/^[0-9a-f]{1,8}$/i.test(size)) throw badAnswer(`a chunk of size ${JSON.stringify(size.slice(0, 20))}`);
    const length = Number.parseInt(size, 16);
    const start = lineEnd + 2;
    if (length === 0) return trailersEnd(rest, start) ? Buffer.concat(chunks) : undefined;
    if (rest.byteLength < start + length + 2) return undefined;
    chunks.push(rest.subarray(start, start + length));
    at = start + length + 2;
  }
}

/** After the last chunk come trailer fields, most often none, and an empty line. */
function trailersEnd(rest: Buffer, at: number): boolean {
  return rest.indexOf('\r\n', at) === at || rest.indexOf('\r\n\r\n', at) >= 0;
}

function badAnswer(why: string): Fault {
  return new Fault('BadAnswer', `the answer is not HTTP: ${why}`);
}

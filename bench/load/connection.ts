import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  /** The status line and the headers. */
  readonly head: string;
  readonly body: readonly Buffer[];
}

interface Settle {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** An HTTP/1.1 connection that does as little as it can: complete requests out, answers with a length in. */
export class Connection {
  readonly socket: Socket;
  #head: string | undefined;
  #body: Buffer[] = [];
  #early: Buffer | undefined;
  #missing = 0;
  #settle: Settle | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('the server closed the connection before its answer')));
  }

  /** Sends a request; gives the whole answer. One request at a time. */
  exchange(request: Buffer | string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.socket.write(request);
    });
  }

  #take(chunk: Buffer): void {
    if (this.#head === undefined) this.#takeHead(chunk);
    else this.#takeBody(chunk);
    if (this.#head === undefined || this.#missing > 0) return;
    const answer = { head: this.#head, body: this.#body };
    this.#head = undefined;
    this.#body = [];
    this.#settle?.resolve(answer);
    this.#settle = undefined;
  }

  #takeHead(chunk: Buffer): void {
    const bytes = this.#early === undefined ? chunk : Buffer.concat([this.#early, chunk]);
    const end = bytes.indexOf('\r\n\r\n');
    this.#early = end < 0 ? bytes : undefined;
    if (end < 0) return;
    this.#head = bytes.toString('latin1', 0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#head)?.[1];
    if (length === undefined) throw new Error(`an answer without a length: ${this.#head}`);
    this.#missing = Number(length);
    this.#takeBody(bytes.subarray(end + 4));
  }

  #takeBody(chunk: Buffer): void {
    this.#missing -= chunk.length;
    this.#body.push(chunk);
  }
}

/** A connection to a port of this machine. */
export async function connectTo(port: number, host = '127.0.0.1'): Promise<Connection> {
  const socket = connect(port, host);
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return new Connection(socket);
}

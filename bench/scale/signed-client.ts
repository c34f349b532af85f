import { SystemClock } from '../../src/main/system-clock.ts';
import { type Connection, connectTo } from '../load/connection.ts';
import { signedCall } from '../load/load.ts';

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
  const target = { port: Number(new URL(url).port), credentials: keys, clock: new SystemClock() };
  const connections = new Connections(target.port, sockets);
  return async (operation, input = {}) => {
    const { head, body } = await connections.exchange(signedCall(operation, input, target));
    const answer: Answer = JSON.parse(Buffer.concat(body).toString('utf8'));
    if (head.startsWith('HTTP/1.1 200')) return answer;
    throw Object.assign(new Error(answer.message), { code: String(answer.__type).split('#').at(-1) });
  };
}

/** Connections that are made when they are needed, and those who wait for one. */
class Connections {
  readonly #port: number;
  readonly #free: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  #left: number;

  constructor(port: number, most: number) {
    this.#port = port;
    this.#left = most;
  }

  async exchange(request: string) {
    const connection = await this.#take();
    try {
      const answer = await connection.exchange(request);
      if (/\r\nconnection: close/i.test(answer.head)) connection.socket.destroy();
      return answer;
    } finally {
      await this.#giveBack(connection);
    }
  }

  async #take(): Promise<Connection> {
    const free = this.#free.pop();
    if (free !== undefined) return free.socket.destroyed ? await connectTo(this.#port) : free;
    if (this.#left === 0) return await new Promise((resolve) => this.#waiting.push(resolve));
    this.#left -= 1;
    return await connectTo(this.#port);
  }

  async #giveBack(used: Connection): Promise<void> {
    const connection = used.socket.destroyed ? await connectTo(this.#port) : used;
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else next(connection);
  }
}

/** Does `count` pieces of work, `lanes` at a time. */
export async function inLanes(count: number, lanes: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

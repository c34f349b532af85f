import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { Fault } from '#base';
import { FrameReader, framed } from './frames.ts';
import { limits } from './limits.ts';

export type Transport = 'udp' | 'tcp';

/** Asks others, as a port. */
export interface Forwarder {
  /** The answer to the message, as it came, with the message's own id. Throws Fault `NoAnswer`. */
  ask(message: Buffer, transport: Transport): Promise<Buffer>;
}

export interface ForwarderOptions {
  readonly servers: () => Promise<readonly string[]>;
  readonly port?: number;
  readonly timeoutMs?: number;
  /** A number that nobody else can foresee, below 65,536. */
  readonly newId: () => number;
}

/**
 * Asks the host's servers one after the other, each by a socket of its own, so that neither id nor port can be guessed.
 * Answers of UDP that are cut off are handed on as they are: the client asks again by TCP, and so does this.
 */
export class HostForwarder implements Forwarder {
  readonly #options: ForwarderOptions;
  #underWay = 0;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  async ask(message: Buffer, transport: Transport): Promise<Buffer> {
    if (this.#underWay >= limits.forwarded) throw new Fault('NoAnswer', 'too many questions are under way');
    this.#underWay += 1;
    try {
      return await this.#askEach(message, transport);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #askEach(message: Buffer, transport: Transport): Promise<Buffer> {
    const { servers, port = 53, timeoutMs = limits.serverTimeoutMs, newId } = this.#options;
    const all = await servers();
    if (all.length === 0) throw new Fault('NoAnswer', 'this host has no name servers');
    for (let round = 0; round < limits.rounds; round++) {
      for (const server of all) {
        const id = newId();
        const asked = Buffer.from(message);
        asked.writeUInt16BE(id, 0);
        const via = transport === 'udp' ? askByUdp : askByTcp;
        const answer = await via(asked, { server, port, timeoutMs }).catch(() => undefined);
        if (answer === undefined || answer.length < 12 || isRefusal(answer)) continue;
        answer.writeUInt16BE(message.readUInt16BE(0), 0);
        return answer;
      }
    }
    throw new Fault('NoAnswer', `no answer from ${all.join(', ')}`);
  }
}

/** SERVFAIL and REFUSED: another server may know better. */
function isRefusal(answer: Buffer): boolean {
  const rcode = (answer[3] ?? 0) & 0xf;
  return rcode === 2 || rcode === 5;
}

interface Way {
  readonly server: string;
  readonly port: number;
  readonly timeoutMs: number;
}

function askByUdp(message: Buffer, { server, port, timeoutMs }: Way): Promise<Buffer> {
  const socket = createSocket(isIPv6(server) ? 'udp6' : 'udp4');
  return new Promise<Buffer>((resolve, reject) => {
    const late = AbortSignal.timeout(timeoutMs);
    late.addEventListener('abort', () => reject(new Fault('NoAnswer', `no answer from ${server}`)), { once: true });
    socket.on('error', reject);
    socket.on('message', (answer) => {
      // Connected: only the server's own datagrams arrive. A wrong id is somebody guessing.
      if (answer.length >= 2 && answer.readUInt16BE(0) === message.readUInt16BE(0)) resolve(answer);
    });
    socket.connect(port, server, () => socket.send(message));
  }).finally(() => socket.close());
}

function askByTcp(message: Buffer, { server, port, timeoutMs }: Way): Promise<Buffer> {
  const socket = connect({ host: server, port });
  return new Promise<Buffer>((resolve, reject) => {
    const reader = new FrameReader();
    socket.setTimeout(timeoutMs, () => reject(new Fault('NoAnswer', `no answer from ${server}`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Fault('NoAnswer', `${server} closed the connection`)));
    socket.on('data', (bytes) => {
      for (const frame of reader.read(bytes)) {
        if (frame.length >= 2 && frame.readUInt16BE(0) === message.readUInt16BE(0)) resolve(frame);
      }
    });
    socket.write(framed(message));
  }).finally(() => socket.destroy());
}

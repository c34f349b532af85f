import { connect } from 'node:net';
import { Fault } from '#base';
import type { Dialled, TargetDialer } from './probe.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (fault: Fault) => void;
}

/**
 * Connections that leave from a load balancer's node: HAProxy there takes them at a socket of the host and leads each to
 * the destination that its PROXY header names. That a connection stands is told apart, as an event with its id, because a
 * target that takes a connection and is silent looks no different from here than one that never answered.
 */
export class TunnelDialer implements TargetDialer {
  readonly #socket: string;
  readonly #waiting = new Map<string, Waiting>();
  #sequence = 0;

  constructor(socket: string) {
    this.#socket = socket;
  }

  dial(address: string, port: number): Dialled {
    this.#sequence += 1;
    const id = `c${this.#sequence}`;
    const stream = connect(this.#socket);
    const connected = new Promise<void>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    connected.catch(() => {});
    stream.on('close', () => this.#end(id, 'closed'));
    stream.write(proxyHeader(address, port, id));
    return { stream, connected };
  }

  /** What an event says of a connection: `--` that it stands. */
  told(id: string, ending: string): void {
    const waiting = this.#waiting.get(id);
    if (ending !== '--') {
      this.#end(id, ending);
      return;
    }
    this.#waiting.delete(id);
    waiting?.resolve();
  }

  #end(id: string, why: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.reject(new Fault('TargetConnection', `the target took no connection (${why})`));
  }
}

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const typeUniqueId = 0x05;

/** PROXY protocol 2: TCP over IPv4 from nowhere to the destination, with an id. Source: HAProxy's proxy-protocol.txt. */
export function proxyHeader(address: string, port: number, id: string): Buffer {
  const addresses = Buffer.alloc(12);
  addresses.set([127, 0, 0, 1], 0);
  addresses.set(address.split('.').map(Number), 4);
  addresses.writeUInt16BE(1, 8);
  addresses.writeUInt16BE(port, 10);
  const idLength = Buffer.alloc(2);
  idLength.writeUInt16BE(id.length);
  const body = Buffer.concat([addresses, Buffer.from([typeUniqueId]), idLength, Buffer.from(id)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([signature, Buffer.from([0x21, 0x11]), length, body]);
}

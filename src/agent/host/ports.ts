import { Fault, integerBelow, type Random } from '#base';

export type PortProtocol = 'tcp' | 'udp';

/** Whether nothing on the host listens on a port: the system's answer, as a port. */
export interface PortProbe {
  isFree(port: number, protocol: PortProtocol): Promise<boolean>;
}

/** A host port that a task has. */
export interface HeldPort {
  readonly protocol: PortProtocol;
  readonly port: number;
}

export interface HostPortsOptions {
  /** Both ends included. */
  readonly first: number;
  readonly last: number;
}

/** The host ports of tasks, held until they are given back. Dynamic ones are chosen at random in the range and probed. */
export class HostPorts {
  readonly #options: HostPortsOptions;
  readonly #probe: PortProbe;
  readonly #random: Random;
  readonly #held = new Map<string, HeldPort>();
  readonly #onChange: ((held: readonly HeldPort[]) => void) | undefined;

  /** `onChange` is told of all that are held, whenever that changes. */
  constructor(
    options: HostPortsOptions,
    deps: {
      readonly probe: PortProbe;
      readonly random: Random;
      readonly onChange?: (held: readonly HeldPort[]) => void;
    },
  ) {
    this.#options = options;
    this.#onChange = deps.onChange;
    this.#probe = deps.probe;
    this.#random = deps.random;
  }

  /** The first of `count` neighbouring free ports. Throws Fault `NoFreePort` when the range has none. */
  async take(protocol: PortProtocol, count: number): Promise<number> {
    const { first, last } = this.#options;
    const size = last - first + 1;
    const offset = size > 0 ? integerBelow(this.#random, size) : 0;
    for (let step = 0; step < size; step++) {
      const port = first + ((offset + step) % size);
      if (port + count - 1 > last || this.#anyHeld(protocol, port, count)) continue;
      // Held while the system is asked: another container may look at the same time.
      this.hold(protocol, port, count);
      if (await this.#allFree(protocol, port, count)) return port;
      this.release(protocol, port, count);
    }
    throw new Fault('NoFreePort', `${count} contiguous host ports unavailable`);
  }

  hold(protocol: PortProtocol, port: number, count: number): void {
    for (let i = 0; i < count; i++) this.#held.set(`${protocol}/${port + i}`, { protocol, port: port + i });
    this.#onChange?.([...this.#held.values()]);
  }

  release(protocol: PortProtocol, port: number, count: number): void {
    for (let i = 0; i < count; i++) this.#held.delete(`${protocol}/${port + i}`);
    this.#onChange?.([...this.#held.values()]);
  }

  #anyHeld(protocol: PortProtocol, port: number, count: number): boolean {
    return Array.from({ length: count }, (_, i) => `${protocol}/${port + i}`).some((held) => this.#held.has(held));
  }

  async #allFree(protocol: PortProtocol, port: number, count: number): Promise<boolean> {
    for (let i = 0; i < count; i++) if (!(await this.#probe.isFree(port + i, protocol))) return false;
    return true;
  }
}

import { type Clock, Fault, type ManualClock, messageOf } from '#base';
import type { StoreLimits } from '#store';
import { SimulatedDisk, type Tear } from './disk.ts';
import { Draw } from './draw.ts';
import { Incarnation, type ServerObserver } from './incarnation.ts';
import { MachineClock } from './machine-clock.ts';
import type { Peer } from './network.ts';

/** How a process ends at a crash. */
export interface Crash {
  /** What of a write under way gets to the disk. */
  readonly tear: Tear;
  /** Before the supervisor starts the next process, ms. */
  readonly downMs: number;
  /** Whether the agents' connections are reset, or just silent until they notice. */
  readonly resets: boolean;
}

interface MachineDeps {
  readonly clock: ManualClock;
  readonly seed: number;
  readonly storeLimits: Partial<StoreLimits>;
  readonly observer: MachineObserver;
  readonly peers: () => Iterable<Peer>;
}

interface MachineObserver extends ServerObserver {
  /** A process has started over what the disk held. */
  started(incarnation: Incarnation): void;
  ended(why: string): void;
  durable(body: Uint8Array): void;
}

/** Before a process that could not start is started again, ms. */
const restartMs = 2_000;

/** The control plane's machine: its clock, its disk, and one process at a time with a supervisor that starts it again. */
export class Machine {
  readonly clock: MachineClock;
  readonly disk: SimulatedDisk;
  starts = 0;
  /** Told when a process begins to start. */
  onStart: (() => void) | undefined;
  readonly #base: Clock;
  readonly #deps: MachineDeps;
  #process: Incarnation | undefined;

  constructor(deps: MachineDeps) {
    this.#deps = deps;
    this.#base = deps.clock;
    this.clock = new MachineClock(deps.clock);
    this.disk = new SimulatedDisk({
      clock: deps.clock,
      draw: new Draw(deps.seed, 'disk'),
      onDurable: (body) => deps.observer.durable(body),
    });
  }

  /** The process that runs; it may still be starting. */
  get process(): Incarnation | undefined {
    return this.#process;
  }

  start(): void {
    const { observer, seed, storeLimits } = this.#deps;
    this.starts++;
    const incarnation = new Incarnation({
      machine: this.clock,
      journal: this.disk.open(),
      draw: new Draw(seed, `control plane ${this.starts}`),
      storeLimits,
      observer,
    });
    this.#process = incarnation;
    this.onStart?.();
    void incarnation.start().then(
      () => {
        if (incarnation.alive) observer.started(incarnation);
      },
      (error: unknown) => {
        if (incarnation.alive) this.#couldNotStart(incarnation, error);
      },
    );
  }

  crash(crash: Crash): void {
    const dead = this.#process;
    if (dead === undefined) return;
    this.#deps.observer.ended(`killed; of what is being written ${Math.round(crash.tear * 100)} % is kept`);
    this.#process = undefined;
    dead.kill();
    this.disk.crash(crash.tear);
    for (const peer of this.#deps.peers()) peer.serverDied(dead, crash.resets);
    this.#base.setTimer(crash.downMs, () => this.#startIfDown());
  }

  /** Stops the process in good order and starts it again. */
  restart(downMs: number): void {
    const dying = this.#process;
    if (dying?.plane === undefined) return;
    void dying.stop().then(() => {
      if (this.#process !== dying) return;
      this.#deps.observer.ended('stopped in good order');
      this.#process = undefined;
      for (const peer of this.#deps.peers()) peer.serverDied(dying, true);
      this.#base.setTimer(downMs, () => this.#startIfDown());
    });
  }

  #startIfDown(): void {
    if (this.#process === undefined) this.start();
  }

  #couldNotStart(incarnation: Incarnation, error: unknown): void {
    const code = error instanceof Fault ? error.code : undefined;
    if (code !== 'StoreFull' && code !== 'StoreFailed') {
      this.#deps.observer.defect(`the control plane does not start: ${messageOf(error)}`);
    }
    this.#deps.observer.ended(`could not start: ${messageOf(error)}`);
    incarnation.kill();
    this.disk.crash(0);
    this.#process = undefined;
    this.#base.setTimer(restartMs, () => this.#startIfDown());
  }
}

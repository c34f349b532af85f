import { Fault, Ids, type Logger, messageOf } from '#base';
import { acsHelloFrom } from '#dispatch';
import type { ContainerInstanceArn, Principal, Region } from '#model';
import type { Journal, StoreLimits } from '#store';
import { ApiError } from '#wire/aws';
import type { Connection } from '#wire/link';
import { type ControlPlane, startControlPlane } from '../../../src/main/control-plane.ts';
import { UpgradeRefused } from '../../support/simulated-agent-loopback.ts';
import type { Draw } from './draw.ts';
import type { Link } from './link.ts';
import { type MachineClock, ProcessClock } from './machine-clock.ts';
import type { Server } from './network.ts';

export const region = 'us-east-1' as Region;

/** Few enough stopped tasks that the reaper has work. */
const controllers = { stoppedTasksPerCluster: 20 };
/** Few enough events that old ones are dropped all the time. */
const eventsKept = 100;

export interface IncarnationDeps {
  readonly machine: MachineClock;
  readonly journal: Journal;
  readonly draw: Draw;
  readonly storeLimits: Partial<StoreLimits>;
  readonly observer: ServerObserver;
}

/** An operation of ECS, or `service:Operation` of another service. */
function operationOf(text: string): { readonly service: string; readonly operation: string } {
  const [operation = '', service = 'ecs'] = text.split(':').reverse();
  return { service, operation };
}

/** What is watched of a control plane process from outside. */
export interface ServerObserver {
  /** A line of its log. */
  logged(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: object): void;
  /** A request begins to be worked on. */
  called(operation: string): void;
  /** Its transaction is done, at this revision, and its answer is about to leave. */
  answered(operation: string, input: object, outcome: { readonly seen: number; readonly output: unknown }): void;
  /** It failed in a way that is nobody's fault but the product's. */
  defect(what: string): void;
}

/**
 * One process of the control plane: the product as it is, wired to the simulated machine. Once it is dead nothing it
 * still does reaches the world: its timers do not fire, its disk is gone, its frames and answers go nowhere.
 */
export class Incarnation implements Server {
  #plane: ControlPlane | undefined;
  #alive = true;
  /** An orderly end is under way. */
  #stopping = false;
  readonly #deps: IncarnationDeps;

  constructor(deps: IncarnationDeps) {
    this.#deps = deps;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Undefined until it has started. */
  get plane(): ControlPlane | undefined {
    return this.#plane;
  }

  async start(): Promise<void> {
    const { machine, journal, draw, storeLimits } = this.#deps;
    const plane = await startControlPlane(
      { version: 'simulated', region, masterKey: new Uint8Array(32).fill(1), storeLimits, controllers, eventsKept },
      { journal, clock: new ProcessClock(machine, () => this.#alive), random: draw.random, logger: this.#logger() },
    );
    this.#plane = plane;
  }

  kill(): void {
    this.#alive = false;
  }

  /** An orderly end; the process is dead afterwards. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#plane?.[Symbol.asyncDispose]();
    this.#alive = false;
  }

  async handle(operation: string, input: object, principal: Principal): Promise<unknown> {
    const plane = this.#plane;
    const { observer } = this.#deps;
    if (plane === undefined) throw new ApiError('ServerException', 'Not started yet', { status: 500 });
    observer.called(operation);
    const requestId = new Ids(this.#deps.draw.random).uuid();
    const endpoint = 'http://simulated';
    try {
      const called = operationOf(operation);
      const answer = plane.api.call({ ...called, input, principal, region, requestId, endpoint });
      // The transaction ran within the call; what follows only waits for the disk.
      const seen = plane.store.revision;
      const output = await answer;
      if (this.#alive) observer.answered(operation, input, { seen, output });
      return output;
    } catch (error) {
      if (this.#alive && !(error instanceof ApiError) && !(error instanceof Fault)) {
        observer.defect(`${operation} failed: ${error instanceof Error ? error.stack : messageOf(error)}`);
      }
      throw error;
    }
  }

  upgrade(channel: 'acs' | 'tcs', query: URLSearchParams, principal: Principal, newLink: () => Link): Link {
    const plane = this.#plane;
    if (plane === undefined) throw new UpgradeRefused('ECONNREFUSED', 'The control plane is starting');
    // The server closes its door first.
    if (this.#stopping) throw new UpgradeRefused('ECONNREFUSED', 'The control plane is stopping');
    const decision = plane.dispatcher.authorizeUpgrade(channel, query, principal);
    if (!decision.ok) throw new UpgradeRefused(decision.code, decision.message);
    const link = newLink();
    const connection = this.#whileAlive(link.server);
    const { accountId } = principal;
    if (channel === 'acs') plane.dispatcher.acceptAcs(connection, acsHelloFrom(query), accountId);
    else plane.dispatcher.acceptTcs(connection, query.get('containerInstance') as ContainerInstanceArn, accountId);
    return link;
  }

  #whileAlive(connection: Connection): Connection {
    const alive = (): boolean => this.#alive;
    return {
      send: (text) => (alive() ? connection.send(text) : undefined),
      close: (code, reason) => (alive() ? connection.close(code, reason) : undefined),
      ping: () => (alive() ? connection.ping() : undefined),
      onSign: (listener) => connection.onSign(() => (alive() ? listener() : undefined)),
      onMessage: (listener) => connection.onMessage((text) => (alive() ? listener(text) : undefined)),
      onClose: (listener) => connection.onClose((code, reason) => (alive() ? listener(code, reason) : undefined)),
    };
  }

  #logger(context: object = {}): Logger {
    const at =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, fields: object = {}): void => {
        if (this.#alive) this.#deps.observer.logged(level, message, { ...context, ...fields });
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => this.#logger({ ...context, ...fields }),
    };
  }
}

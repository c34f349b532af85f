import { afterMs, elapsedMs, instantFromMs, ManualClock, messageOf, silentLogger } from '#base';
import { openStore, schema } from '#store';
import { Auditor, commitText } from './audit/auditor.ts';
import { Connections } from './audit/connections.ts';
import { Progress } from './audit/progress.ts';
import { unsettled } from './audit/settled.ts';
import { checkIndexes, checkRecords, checkTotals } from './audit/store-agreement.ts';
import type { Plan } from './plan/plan.ts';
import { Client } from './workload/client.ts';
import { Users } from './workload/users.ts';
import { Draw } from './world/draw.ts';
import { EventLog } from './world/event-log.ts';
import { Guard } from './world/guard.ts';
import { Host, platformPrincipal, userPrincipal } from './world/host.ts';
import type { Incarnation } from './world/incarnation.ts';
import { Injector } from './world/injector.ts';
import { Machine } from './world/machine.ts';
import { Peer, type Server } from './world/network.ts';
import { Violation } from './world/violation.ts';

export interface Outcome {
  readonly violation:
    | { readonly invariant: string; readonly message: string; readonly about: readonly string[] }
    | undefined;
  /** Simulated time from the start to the end, or to the violation. */
  readonly elapsedMs: number;
  /** How long it took until everything was as it should be once the faults were over. */
  readonly settledAfterMs: number | undefined;
  /** Of the event log: the same for the same seed and commit. */
  readonly digest: string;
  readonly events: number;
  readonly lines: readonly string[];
  readonly commits: number;
  readonly faults: number;
  readonly starts: number;
  readonly snapshots: number;
  readonly tornAppends: number;
}

export interface SimulationSettings {
  /** Lines of the event log to keep at least. */
  readonly keep?: number;
  readonly write?: (text: string) => void;
}

/** Captured before anything is guarded. */
const turn = setImmediate;

/** Small enough that snapshots, forgotten history and full batches are daily business. */
const storeLimits = {
  snapshotAfterBytes: 64 * 1024,
  snapshotChunkRecords: 32,
  batchTransactions: 16,
  historyCommits: 256,
};
/** Between two looks at everything the store keeps in memory. */
const auditEveryMs = 10 * 60_000;
const tidyAfterMs = 2 * 60_000;
const lookEveryMs = 30_000;
/** Settled must stay settled for so long. */
const restMs = 10 * 60_000;
/** Events at one instant that mean that time will not move on any more. */
const busiest = 200_000;
/** How long everything may take to be as it should be; a start's back-off alone may be half an hour. */
export const settleWithinMs = 2 * 3_600_000;

/** The whole system in one process: the product's control plane, and everything around it simulated. */
export class Simulation {
  readonly clock: ManualClock;
  readonly machine: Machine;
  readonly hosts: readonly Host[];
  readonly auditor: Auditor;
  readonly log: EventLog;
  readonly #plan: Plan;
  /** A program of the user's. */
  readonly user: Client;
  readonly #users: Users;
  readonly #injector: Injector;
  readonly #connections = new Connections();
  readonly #progress = new Progress();
  readonly #start = instantFromMs(1_800_000_000_000);
  #refusals = 0;
  #violation: Outcome['violation'];

  constructor(plan: Plan, settings: SimulationSettings = {}) {
    this.#plan = plan;
    const { seed } = plan.options;
    const clock = new ManualClock(this.#start);
    this.clock = clock;
    const elapsed = (): number => this.elapsedMs;
    this.log = new EventLog({ keep: 20_000, ...settings, elapsedMs: elapsed });
    const log = (who: string, what: string): void => this.log.add(who, what);
    this.auditor = new Auditor({
      latest: () => this.machine.clock.latest,
      elapsedMs: elapsed,
      steadyClock: () => this.machine.clock.steady,
      hosts: () => this.hosts,
      onCommit: (transaction) => log('commit', commitText(transaction)),
    });
    const server = (): Server | undefined =>
      this.machine.process?.plane === undefined ? undefined : this.machine.process;
    const peer = (name: string, principal: typeof userPrincipal): Peer =>
      new Peer({ name, principal, draw: new Draw(seed, `network ${name}`) }, { clock, server });
    const users = peer('users', userPrincipal);
    const platform = peer('platform', platformPrincipal);
    const badImages = new Set<string>();
    this.hosts = plan.hosts.map(
      (host) =>
        new Host(host, {
          clock,
          seed,
          server,
          onTask: (on, task) => {
            log(on.plan.id, `${task.arn.slice(-32)} ${task.status}${task.runs ? '' : ', nothing runs'}`);
            this.#checked(() => this.auditor.hosts.observe(on.plan.id, task));
          },
          answers: (address) => this.auditor.hosts.answers(address),
          pullError: (image) => (badImages.has(image) ? `CannotPullContainerError: no ${image}` : undefined),
        }),
    );
    this.machine = new Machine({
      clock,
      seed,
      storeLimits,
      observer: this.#observer(),
      peers: () => [users, platform, ...this.hosts.map((host) => host.peer)],
    });
    this.machine.disk.onWrite((what) => this.#injector.moment(what));
    this.machine.onStart = () => this.#injector.moment('start');
    this.#injector = new Injector({ clock, machine: this.machine, hosts: this.hosts, users, badImages, log });
    this.user = new Client(users, clock);
    this.#users = new Users({
      clock,
      plan,
      user: this.user,
      platform: new Client(platform, clock),
      hosts: this.hosts,
      auditor: this.auditor,
      log,
      fail: (error) => this.fail(error),
    });
  }

  /** Simulated milliseconds since the start. */
  get elapsedMs(): number {
    return elapsedMs(this.#start, this.clock.now());
  }

  get violation(): Outcome['violation'] {
    return this.#violation;
  }

  /** Runs the whole plan and lets the world settle; stops at the first violation. */
  async run(): Promise<Outcome> {
    using _ = new Guard((what) => this.fail(new Violation('nothing but the simulated clock', what)));
    const { options, faults } = this.#plan;
    this.machine.start();
    const draw = new Draw(options.seed, 'boot');
    for (const host of this.hosts) this.clock.setTimer(draw.below(30_000), () => host.start());
    this.#users.start();
    this.#injector.start(faults);
    this.#auditRegularly();
    this.#watchProgress();
    const totalMs = options.hours * 3_600_000;
    await this.runUntil(totalMs);
    this.#injector.stop();
    this.log.add('simulation', 'the faults are over');
    const settledAfterMs = await this.#settle(totalMs);
    return this.#outcome(settledAfterMs);
  }

  fail(error: unknown): void {
    if (this.#violation !== undefined) return;
    const { invariant, about } = error instanceof Violation ? error : { invariant: 'no defects', about: [] };
    const message =
      error instanceof Violation ? error.message : error instanceof Error ? (error.stack ?? '') : messageOf(error);
    this.#violation = { invariant, message, about };
    this.log.add('VIOLATION', `${invariant}: ${message}`);
  }

  /** Lets time pass until `endMs`, or until something is wrong, or `done`. Time stands still while anything can run. */
  async runUntil(endMs: number, done: () => boolean = () => false): Promise<void> {
    const end = afterMs(this.#start, endMs);
    await quiet();
    let [instant, events] = [this.clock.now(), 0];
    while (this.#violation === undefined && !done()) {
      const next = this.clock.nextTimerAt();
      if (next === undefined || next > end) {
        this.clock.advanceTo(end);
        return;
      }
      this.clock.fireNext();
      if (this.clock.now() !== instant) [instant, events] = [this.clock.now(), 0];
      if (++events > busiest) this.fail(new Violation('time moves on', `${busiest} events at one instant`));
      this.#injector.moment('now');
      await quiet();
      this.#auditRefusal();
    }
  }

  async #settle(totalMs: number): Promise<number | undefined> {
    await this.runUntil(totalMs + tidyAfterMs);
    let tidy = false;
    this.#users.tidyUp().then(
      () => {
        tidy = true;
      },
      (error: unknown) => this.fail(error),
    );
    const limitMs = totalMs + settleWithinMs;
    await this.runUntil(limitMs, () => tidy);
    let reasons = ['the users are not done'];
    let settledAtMs: number | undefined;
    for (let round = 0; this.#violation === undefined && this.elapsedMs < limitMs; round++) {
      await this.runUntil(this.elapsedMs + lookEveryMs);
      reasons = unsettled(this.auditor.replica, this.hosts, this.machine.process?.plane?.store.view);
      if (reasons.length > 0) settledAtMs = undefined;
      else settledAtMs ??= this.elapsedMs;
      if (settledAtMs !== undefined && this.elapsedMs - settledAtMs >= restMs) break;
      if (round % 20 === 19) void this.#users.redeployFailed().catch((error: unknown) => this.fail(error));
    }
    if (this.#violation !== undefined) return undefined;
    if (settledAtMs === undefined) {
      const first = reasons.slice(0, 12).join('\n  ');
      this.fail(
        new Violation(
          'every service becomes steady',
          `${reasons.length} things are not as they should be:\n  ${first}`,
          keysIn(reasons),
        ),
      );
      return undefined;
    }
    this.#auditMemory('at the end');
    return settledAtMs - totalMs;
  }

  #observer() {
    const log = (who: string, what: string): void => this.log.add(who, what);
    return {
      logged: (level: string, message: string, fields: object) => {
        if (level === 'debug') return;
        log(`control plane ${level}`, `${message} ${JSON.stringify(fields)}`);
        if (level === 'error' && !expectedErrors.has(message)) {
          this.fail(new Violation('no defects', `${message} ${JSON.stringify(fields)}`));
        }
      },
      called: () => this.#injector.moment('call'),
      answered: (operation: string, input: object, outcome: { readonly seen: number; readonly output: unknown }) => {
        if (!operation.startsWith('Submit')) log('answer', operation);
        this.#checked(() => this.auditor.promises.answered(operation, outcome));
      },
      defect: (what: string) => this.fail(new Violation('no defects', what)),
      started: (incarnation: Incarnation) => {
        log('control plane', `started at revision ${incarnation.plane?.store.revision}`);
      },
      ended: (why: string) => {
        log('control plane', why);
        void this.#auditRecovery();
      },
      durable: (body: Uint8Array) => this.#checked(() => this.auditor.durable(body)),
    };
  }

  /** What a recovery gives back is what is on the disk. */
  async #auditRecovery(): Promise<void> {
    // The disk is let go of right after this.
    await Promise.resolve();
    try {
      const store = await openStore(schema, { journal: this.machine.disk.copy(), logger: silentLogger, freeze: false });
      this.#checked(() => checkRecords(store.view, this.auditor.replica, 'after a crash'));
    } catch (error) {
      this.fail(new Violation('what is on the disk can be read', messageOf(error)));
    }
  }

  /** Looks at what takes time and must come about all the same. */
  #watchProgress(): void {
    this.clock.setTimer(lookEveryMs, () => {
      this.#checked(() => this.#connections.look(this.hosts, this.auditor.replica, this.machine));
      this.#checked(() => this.#progress.look(this.hosts, this.auditor.replica, this.machine));
      this.#watchProgress();
    });
  }

  /** What the disk refused is taken back at once, all of it. */
  #auditRefusal(): void {
    const { refusals } = this.machine.disk;
    if (refusals === this.#refusals) return;
    this.#refusals = refusals;
    this.#auditMemory('after the disk refused a write');
  }

  #auditRegularly(delayMs = auditEveryMs): void {
    this.clock.setTimer(delayMs, () => {
      const done = this.#auditMemory('while it runs');
      this.#auditRegularly(done ? auditEveryMs : 777);
    });
  }

  /** Looks at the store in memory; gives false when some of it is not on disk yet. */
  #auditMemory(when: string): boolean {
    const plane = this.machine.process?.plane;
    if (plane === undefined || plane.store.revision !== this.auditor.replica.revision) return false;
    this.#checked(() => {
      checkRecords(plane.store.view, this.auditor.replica, when);
      checkIndexes(plane.store.view);
      checkTotals(plane.store, plane.totals);
    });
    return true;
  }

  #checked(check: () => void): void {
    if (this.#violation !== undefined) return;
    try {
      check();
    } catch (error) {
      this.fail(error);
    }
  }

  #outcome(settledAfterMs: number | undefined): Outcome {
    const { disk, starts } = this.machine;
    this.log.add('simulation', 'over');
    return {
      violation: this.#violation,
      elapsedMs: this.elapsedMs,
      settledAfterMs,
      digest: this.log.digest(),
      events: this.log.count,
      lines: this.log.lines,
      commits: this.auditor.commits,
      faults: this.#injector.happened,
      starts,
      snapshots: disk.snapshotsWritten,
      tornAppends: disk.tornAppends,
    };
  }
}

/** Errors that the product rightly logs when its disk fails. */
const expectedErrors = new Set(['the journal refuses commits']);

/** One turn of the event loop: everything that waits for nothing but other promises has run to its end by then. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    turn(resolve);
  });
}

function keysIn(reasons: readonly string[]): string[] {
  return reasons.flatMap((reason) => reason.match(/arn:\S+/g) ?? []).slice(0, 20);
}

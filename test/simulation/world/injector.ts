import type { ManualClock } from '#base';
import type { CrashMoment, Fault, HostSet } from '../plan/faults.ts';
import type { Entry } from '../plan/plan.ts';
import type { Host } from './host.ts';
import type { Direction } from './link.ts';
import type { Machine } from './machine.ts';
import type { Condition, Peer } from './network.ts';

interface InjectorDeps {
  readonly clock: ManualClock;
  readonly machine: Machine;
  readonly hosts: readonly Host[];
  /** The users' side of the network. */
  readonly users: Peer;
  /** Images that cannot be pulled. */
  readonly badImages: Set<string>;
  readonly log: (who: string, what: string) => void;
}

/** The longest a crash waits for its moment, ms. */
const momentPatienceMs = 30_000;

/** Lets the plan's faults happen, and ends them. */
export class Injector {
  happened = 0;
  readonly #deps: InjectorDeps;
  readonly #armed = new Map<Extract<Fault, { readonly do: 'crash' }>, () => void>();
  /** What ends each fault that is under way. */
  readonly #endings = new Set<() => void>();
  #over = false;

  constructor(deps: InjectorDeps) {
    this.#deps = deps;
  }

  start(faults: readonly Entry<Fault>[]): void {
    for (const fault of faults) {
      this.#deps.clock.setTimer(fault.atMs, () => {
        if (this.#over) return;
        const { id, atMs: _, ...what } = fault;
        this.happened++;
        this.#deps.log(id, JSON.stringify(what));
        this.#happen(fault);
      });
    }
  }

  /** Ends whatever is under way; nothing begins any more. */
  stop(): void {
    this.#over = true;
    this.#armed.clear();
    for (const end of this.#endings) end();
    this.#deps.machine.clock.setOffset(0);
  }

  /** A moment at which a crash may be waiting to happen. */
  moment(moment: CrashMoment): void {
    for (const [fault, go] of this.#armed) if (fault.moment === moment) go();
  }

  #happen(fault: Entry<Fault>): void {
    switch (fault.do) {
      case 'loss':
        return this.#condition(fault, { lossPercent: fault.percent });
      case 'delay':
        return this.#condition(fault, { latencyMs: [1, 50 * fault.percent] });
      case 'duplicate':
        return this.#condition(fault, { duplicatePercent: fault.percent });
      case 'reorder':
        return this.#condition(fault, { stragglePercent: fault.percent });
      case 'partition': {
        const cut: Direction[] = fault.way === 'both' ? ['up', 'down'] : [fault.way];
        const lifts = this.#hostsOf(fault.hosts).map(({ peer }) => peer.impose({ cut }));
        return this.#endIn(fault.forMs, () => lifts.forEach((lift) => lift()));
      }
      case 'cut':
        return this.#hostsOf(fault.hosts).forEach(({ peer }) => peer.breakLinks(fault));
      case 'crash':
        return this.#arm(fault);
      case 'restart':
        return this.#deps.machine.restart(fault.downMs);
      case 'disk-full':
      case 'slow-disk':
      case 'clock':
        return this.#onMachine(fault);
      case 'agent-crash':
      case 'host-loss':
      case 'zone-loss':
      case 'container-crash':
      case 'unhealthy':
      case 'slow-start':
      case 'bad-image':
        return this.#onHost(fault);
    }
  }

  #onHost(
    fault: Extract<
      Fault,
      {
        readonly do:
          | 'agent-crash'
          | 'host-loss'
          | 'zone-loss'
          | 'container-crash'
          | 'unhealthy'
          | 'slow-start'
          | 'bad-image';
      }
    >,
  ): void {
    const { badImages } = this.#deps;
    switch (fault.do) {
      case 'agent-crash':
        for (const host of this.#hostsOf(fault.hosts)) {
          host.crash(fault.silent);
          this.#endIn(fault.downMs, () => host.recover());
        }
        return;
      case 'host-loss':
        return this.#each(fault.host, (host) => this.#lose(host, fault));
      case 'zone-loss':
        return this.#hostsOf(fault).forEach((host) => this.#lose(host, fault));
      case 'container-crash':
        return this.#each(fault.host, ({ agent }) => {
          const running = [...agent.tasks.values()].filter((task) => task.runs);
          if (fault.all) agent.loseContainers();
          else running[fault.pick % Math.max(1, running.length)]?.exit('app', fault.exitCode);
        });
      case 'unhealthy':
        return this.#each(fault.host, ({ agent }) => {
          const running = [...agent.tasks.values()].filter((task) => task.runs && task.containers[0]?.checked === true);
          const task = running[fault.pick % Math.max(1, running.length)];
          task?.setHealth('app', 'UNHEALTHY');
          this.#endIn(fault.forMs, () => task?.setHealth('app', 'HEALTHY'));
        });
      case 'slow-start':
        return this.#each(fault.host, ({ agent }) => {
          const { pullMs, startMs } = agent.behaviour;
          agent.behaviour = { ...agent.behaviour, pullMs: fault.startMs, startMs: fault.startMs };
          this.#endIn(fault.forMs, () => {
            agent.behaviour = { ...agent.behaviour, pullMs, startMs };
          });
        });
      case 'bad-image': {
        const image = `svc${fault.service}:1`;
        badImages.add(image);
        return this.#endIn(fault.forMs, () => badImages.delete(image));
      }
    }
  }

  /** The host is gone, and in time there is a new one in its place. */
  #lose(host: Host, { silent, downMs }: { readonly silent: boolean; readonly downMs: number }): void {
    host.crash(silent);
    host.reimage();
    this.#endIn(downMs, () => host.recover());
  }

  #onMachine(fault: Extract<Fault, { readonly do: 'disk-full' | 'slow-disk' | 'clock' }>): void {
    const { disk, clock } = this.#deps.machine;
    switch (fault.do) {
      case 'disk-full':
        disk.refusal = fault.refusal;
        disk.writeMs = fault.writeMs;
        return this.#endIn(fault.forMs, () => {
          disk.refusal = undefined;
          disk.writeMs = [0, 3];
        });
      case 'slow-disk':
        disk.writeMs = fault.writeMs;
        return this.#endIn(fault.forMs, () => {
          disk.writeMs = [0, 3];
        });
      case 'clock':
        clock.setOffset(fault.offsetMs);
        return this.#endIn(fault.forMs, () => clock.setOffset(0));
    }
  }

  /** The crash waits for its moment, and then for so many microtasks: between any two steps of what is under way. */
  #arm(fault: Extract<Fault, { readonly do: 'crash' }>): void {
    const { clock, machine } = this.#deps;
    const go = (): void => {
      if (!this.#armed.delete(fault)) return;
      let ticks = fault.ticks;
      const tick = (): void => {
        if (ticks-- > 0) queueMicrotask(tick);
        else machine.crash(fault);
      };
      tick();
    };
    this.#armed.set(fault, go);
    if (fault.moment === 'start') machine.crash({ ...fault, downMs: 100 });
    clock.setTimer(momentPatienceMs, go);
  }

  #condition(fault: { readonly host: number; readonly forMs: number }, condition: Condition): void {
    const peer = fault.host === -1 ? this.#deps.users : this.#hostAt(fault.host)?.peer;
    const lift = peer?.impose(condition);
    this.#endIn(fault.forMs, () => lift?.());
  }

  #endIn(afterMs: number, end: () => void): void {
    const once = (): void => {
      if (this.#endings.delete(once)) end();
    };
    this.#endings.add(once);
    this.#deps.clock.setTimer(afterMs, once);
  }

  #hostsOf(set: HostSet): readonly Host[] {
    if ('zone' in set) return this.#deps.hosts.filter(({ plan }) => plan.zone === set.zone);
    return this.#deps.hosts.filter(({ plan }) => plan.index === set.host);
  }

  #each(index: number, act: (host: Host) => void): void {
    const host = this.#hostAt(index);
    if (host !== undefined) act(host);
  }

  #hostAt(index: number): Host | undefined {
    return this.#deps.hosts.find(({ plan }) => plan.index === index);
  }
}

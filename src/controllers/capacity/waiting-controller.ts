import { afterMs, type Clock, earliest, type Instant, type Random } from '#base';
import {
  type ContainerInstance,
  holdsResources,
  placeWaitingTask,
  requestStop,
  type Task,
  waitingPlace,
  waitsForInstance,
} from '#model';
import type { HostIndex } from '#scheduler';
import type { RoadsteadStore, RoadsteadTx, WaitingTasks } from '#store';
import type { Controller, RecordChange } from '../controller.ts';
import { maxBlockedPerRound, maxPlacedPerRound, maxStopsPerRound, recheckMs } from './limits.ts';
import type { CapacitySettings } from './settings.ts';
import { waitingView } from './view.ts';
import { nextDeadline, overdueTasks, placeOldest } from './waiting.ts';

export interface WaitingControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly hosts: HostIndex;
  readonly waiting: WaitingTasks;
}

/** Kinds that found no room since `since`. A hint: forgotten when room is made, after a while, and by a restart. */
interface Sweep {
  readonly since: Instant;
  readonly blocked: Map<string, string>;
}

/** Places tasks that wait for an instance of their capacity provider. Keys are places: `clusterArn/provider`. */
export class WaitingController implements Controller {
  readonly name = 'waiting';
  readonly lanes = 16;
  readonly #settings: CapacitySettings;
  readonly #deps: WaitingControllerDeps;
  readonly #sweeps = new Map<string, Sweep>();

  constructor(settings: CapacitySettings, deps: WaitingControllerDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  *keysOf(change: RecordChange): Iterable<string> {
    if (change.table === 'tasks') {
      const { before, after } = change;
      if (before === undefined && after !== undefined && waitsForInstance(after)) yield waitingPlace(after);
      else if (freesHost(before, after)) yield* this.#roomOn(before);
    } else if (change.table === 'containerInstances' && takesMore(change.before, change.after)) {
      yield* this.#room(change.after);
    }
  }

  *allKeys(): Iterable<string> {
    yield* this.#deps.waiting.places();
  }

  async reconcile(place: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    return await store.update('capacity', (tx) => {
      const now = clock.now();
      const { blocked, since } = this.#sweepOf(place, now);
      const more = this.#place(tx, place, blocked);
      const view = waitingView(tx, place, this.#deps);
      const { provisioningWaitMs: waitMs } = this.#settings;
      const overdue = overdueTasks(view, blocked, { now, waitMs, limit: maxStopsPerRound });
      for (const { task, reason } of overdue) {
        tx.tasks.put(requestStop(task, { stopCode: 'TaskFailedToStart', reason, at: now }));
      }
      if (more || overdue.length === maxStopsPerRound) return now;
      const left = waitingView(tx, place, this.#deps);
      if (left.kinds.length > 0) return earliest(nextDeadline(left, waitMs), afterMs(since, recheckMs));
      this.#sweeps.delete(place);
      return undefined;
    });
  }

  /** Places what finds room, within the limits of one round; gives whether there is more to try. */
  #place(tx: RoadsteadTx, place: string, blocked: Map<string, string>): boolean {
    let left = maxPlacedPerRound;
    let tries = maxBlockedPerRound;
    while (left > 0 && tries > 0) {
      const view = waitingView(tx, place, this.#deps);
      const placement = placeOldest(view, blocked, { limit: left, random: this.#deps.random });
      if (placement === undefined) return false;
      for (const { task, hostArn, availabilityZone, gpuIds } of placement.placed) {
        tx.tasks.put(placeWaitingTask(task, hostArn, availabilityZone, gpuIds));
      }
      left -= placement.placed.length;
      if (placement.refusal === undefined) continue;
      blocked.set(placement.kind, placement.refusal);
      tries -= 1;
    }
    return true;
  }

  #sweepOf(place: string, now: Instant): Sweep {
    const known = this.#sweeps.get(place);
    if (known !== undefined && afterMs(known.since, recheckMs) > now) return known;
    const sweep = { since: now, blocked: new Map<string, string>() };
    this.#sweeps.set(place, sweep);
    return sweep;
  }

  #roomOn(task: Task | undefined): Iterable<string> {
    if (task?.hostArn === undefined || task.launchType === 'FARGATE') return [];
    return this.#room(this.#deps.store.view.containerInstances.find(task.hostArn));
  }

  /** The place whose tasks may find room on the instance now, if any wait there. */
  #room(instance: ContainerInstance | undefined): Iterable<string> {
    if (instance?.capacityProviderName === undefined) return [];
    const place = waitingPlace(instance);
    if (this.#deps.waiting.kindsOf(place).size === 0) return [];
    this.#sweeps.delete(place);
    return [place];
  }
}

function freesHost(before: Task | undefined, after: Task | undefined): boolean {
  return before !== undefined && holdsResources(before) && (after === undefined || !holdsResources(after));
}

/** Whether a task could find room on the instance that found none before. */
function takesMore(before: ContainerInstance | undefined, after: ContainerInstance | undefined): boolean {
  if (after === undefined || after.status !== 'ACTIVE' || !after.agentConnected) return false;
  return (
    before === undefined ||
    before.status !== after.status ||
    before.lostAt !== after.lostAt ||
    before.agentConnected !== after.agentConnected ||
    before.awaitsDaemons !== after.awaitsDaemons ||
    before.attributes !== after.attributes ||
    before.resources !== after.resources ||
    before.capacityProviderName !== after.capacityProviderName
  );
}

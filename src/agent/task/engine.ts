import { afterMs, type Clock, elapsedMs, Fault, Ids, type Logger, messageOf, type Random, type Timer } from '#base';
import type { PayloadTask, RoleCredentials } from '#wire/link';
import type { TaskCgroups } from '../host/cgroups.ts';
import type { EndLeftover } from '../host/leftovers.ts';
import type { LogRouters } from '../host/log-routers.ts';
import type { TaskNetwork } from '../host/network.ts';
import { HostPorts, type HostPortsOptions, type PortProbe } from '../host/ports.ts';
import type { SecretSource } from '../host/secrets.ts';
import type { ContainerRuntime, ContainerSummary, RuntimeEvent } from '../runtime/port.ts';
import { SandboxClaims } from '../sandboxes/claims.ts';
import { ValueCalls } from '../secrets/calls.ts';
import type { SavedState, StateStore } from '../state/store.ts';
import type { BlockVolumes, FileSystems } from '../storage/port.ts';
import { heldPorts } from './bindings.ts';
import type { Change } from './changes.ts';
import { containerNameLabel, taskArnLabel } from './container-body.ts';
import { decideTask, laneOf, mayBeCalledOff, type Step } from './decide.ts';
import { ImageStore, type ImageStoreOptions } from './images.ts';
import { Lanes } from './lanes.ts';
import { admissible, gpuIdsOf, type HostCapacity, needsOf } from './ledger.ts';
import { parseTask, refusedTask } from './parse.ts';
import { reconcileHost } from './reconcile.ts';
import { nextReport, type TaskStateReport } from './report.ts';
import { type EngineContainer, type EngineTask, findContainer, pauseContainer, withContainer } from './state.ts';
import { type StepOptions, TaskSteps } from './steps.ts';

export interface TaskEngineOptions extends StepOptions {
  readonly capacity: HostCapacity;
  readonly images: ImageStoreOptions;
  readonly portRange: HostPortsOptions;
  /** Containers started at the same time. */
  readonly startLanes: number;
  /** How long a stopped task's containers stay on disk once its end was reported. */
  readonly cleanupWaitMs: number;
  /** Namespace holders kept ready for tasks to come; at most so many. */
  readonly warmSandboxes: number;
}

export interface TaskEngineDeps {
  readonly runtime: ContainerRuntime;
  readonly state: StateStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly portProbe: PortProbe;
  readonly network?: TaskNetwork;
  readonly cgroups?: TaskCgroups;
  readonly fileSystems?: FileSystems;
  readonly blockVolumes?: BlockVolumes;
  readonly endLeftover?: EndLeftover;
  readonly secrets?: SecretSource;
  readonly routers?: LogRouters;
  readonly executionCredentials?: (taskArn: string) => RoleCredentials | undefined;
  /** There is something new to report. `now` for a task's own status, `soon` for anything less. */
  readonly onReport: (taskArn: string, urgency: 'now' | 'soon') => void;
  readonly onHealth: () => void;
  /** A call found the engine not answering. */
  readonly onEngineLost: () => void;
}

/** A report to submit, and the text by which its delivery is remembered. */
export interface PendingReport {
  readonly clusterArn: string;
  readonly report: TaskStateReport;
  readonly text: string;
}

/** The work under way for a task: a lane each, with the means to call it off. */
interface TaskWork {
  readonly lanes: Map<string, { readonly step: Step; readonly abort: AbortController }>;
  /** Containers that an event came for while their lane was at work. */
  readonly stale: Set<string>;
  /** Resolves when the newest of the task is on disk. */
  saved: Promise<void>;
  wake?: Timer;
  cleanup?: Timer;
}

const retryMs = 5000;

/**
 * Runs tasks: holds each as an immutable record, decides after every change what may be done next, and takes those
 * steps side by side. See README.md for the order of things.
 */
export class TaskEngine {
  readonly #options: TaskEngineOptions;
  readonly #deps: TaskEngineDeps;
  readonly #steps: TaskSteps;
  readonly #ports: HostPorts;
  readonly #images: ImageStore;
  readonly #ids: Ids;
  readonly #sandboxes: SandboxClaims;
  readonly #tasks = new Map<string, EngineTask>();
  readonly #work = new Map<string, TaskWork>();
  readonly #running = new Set<Promise<void>>();
  /** Steps under way that the engine has work with. */
  #busySteps = 0;
  /** False until the engine's containers were listed, and while it does not answer: no step is taken then. */
  #available = false;
  readonly #closing = new AbortController();
  #closed = false;

  constructor(options: TaskEngineOptions, deps: TaskEngineDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#ids = new Ids(deps.random);
    this.#ports = new HostPorts(options.portRange, { probe: deps.portProbe, random: deps.random });
    this.#images = new ImageStore(options.images, {
      ...deps,
      remember: (images) => this.#spawn('save', deps.state.saveImages(images)),
    });
    this.#steps = new TaskSteps(options, {
      ...deps,
      ids: this.#ids,
      ports: this.#ports,
      images: this.#images,
      calls: new ValueCalls(deps),
      startLanes: new Lanes({ count: options.startLanes }),
    });
    this.#sandboxes = new SandboxClaims(
      { ...options, max: deps.network === undefined ? 0 : options.warmSandboxes },
      {
        ...deps,
        ids: this.#ids,
        tasks: this.#tasks,
        isBusy: () => !this.#available || this.#busySteps > 0,
      },
    );
  }

  get tasks(): Iterable<EngineTask> {
    return this.#tasks.values();
  }

  find(taskArn: string): EngineTask | undefined {
    return this.#tasks.get(taskArn);
  }

  /** Takes up tasks of an earlier run of this agent. Interfaces are set again, which does no harm; values were forgotten. */
  restore({ tasks, images = [] }: Pick<SavedState, 'tasks' | 'images'>): void {
    this.#images.restore(images);
    for (const saved of tasks) {
      this.#tasks.set(saved.taskArn, restored(saved));
      if (saved.reached === 'STOPPED') continue;
      for (const { networkBindings } of saved.containers) {
        for (const { protocol, first, count } of heldPorts(networkBindings)) this.#ports.hold(protocol, first, count);
      }
    }
    this.#sandboxes.restore();
  }

  /**
   * Takes a task of a payload. A known one can only be told to stop. Resolves with whether it was accepted, once that
   * survives a restart; a refused one, and one that cannot be kept, is reported STOPPED.
   */
  async accept(payload: PayloadTask): Promise<boolean> {
    if (this.#tasks.has(payload.arn)) {
      if (payload.desiredStatus === 'STOPPED') this.stop(payload.arn);
      else this.credentialsCame(payload.arn);
      return this.#tasks.get(payload.arn)?.payload.containers.length !== 0;
    }
    const parsed = parseTask(payload, this.#ids);
    const task = parsed.ok ? this.#fitting(parsed.task) : refusedTask(payload, parsed.reason);
    this.#tasks.set(task.taskArn, task);
    const saved = this.#deps.state.saveTask(task);
    if (task.reached === 'STOPPED') this.#deps.onReport(task.taskArn, 'now');
    else this.#advance(task.taskArn);
    this.#admit();
    try {
      await saved;
    } catch (error) {
      return this.#unkept(task.taskArn, error);
    }
    return parsed.ok;
  }

  /** A task that a restart would forget is not run. It is not acknowledged either: it comes again if its end is not told. */
  #unkept(taskArn: string, error: unknown): false {
    this.#deps.log.error('a task cannot be kept on disk', { taskArn, error: messageOf(error) });
    const reason = `ResourceInitializationError: the host cannot keep the task on its disk: ${messageOf(error)}`;
    this.#update(taskArn, (task) => ({ ...task, desired: 'STOPPED', reason: task.reason ?? reason }));
    return false;
  }

  /** Stops a task; nothing happens when it is unknown or stopping already. */
  stop(taskArn: string): void {
    this.#update(taskArn, (task) => (task.desired === 'STOPPED' ? task : { ...task, desired: 'STOPPED' }));
  }

  /** The newest report of a task, unless the control plane has it. */
  pendingReport(taskArn: string): PendingReport | undefined {
    const task = this.#tasks.get(taskArn);
    const report = task === undefined ? undefined : nextReport(task);
    if (task === undefined || report === undefined) return undefined;
    const text = JSON.stringify(report);
    return text === task.delivered ? undefined : { clusterArn: task.payload.taskClusterArn, report, text };
  }

  /** The control plane has this report (or will never take it). */
  reportDelivered(taskArn: string, { report, text }: PendingReport): void {
    const ran = report.status === 'RUNNING' ? { runningUntold: false } : {};
    this.#update(taskArn, (task) => ({ ...task, ...ran, delivered: text }));
    this.#scheduleCleanup(taskArn);
  }

  /** Removes images that no task here needs; gives their references. */
  async cleanImages(): Promise<readonly string[]> {
    if (!this.#available) return [];
    return this.#images.clean((reference) =>
      [...this.#tasks.values()].some(({ payload }) => payload.containers.some(({ image }) => image === reference)),
    );
  }

  /** An event of the engine's about one of this agent's containers. */
  onRuntimeEvent(event: RuntimeEvent): void {
    const { id, labels } = { id: event.containerId, labels: event.labels };
    const taskArn = labels[taskArnLabel] ?? this.#sandboxes.ownerOf({ id, labels })?.taskArn ?? '';
    const name = labels[containerNameLabel] ?? '';
    const task = this.#tasks.get(taskArn);
    if (task === undefined) this.#sandboxes.onEvent(event);
    const container = task === undefined ? undefined : findContainer(task, name);
    if (container === undefined) return;
    if (container.runtimeId !== undefined && container.runtimeId !== event.containerId) return;
    if (event.action === 'start') return this.#endLate(container, event.containerId);
    if (event.action === 'oom') this.#update(taskArn, (now) => withContainer(now, name, { oomSeen: true }));
    const work = this.#workOf(taskArn);
    if (work.lanes.has(name)) work.stale.add(name);
    else this.#spawn('inspect', this.#inspect(taskArn, name));
  }

  /**
   * Compares what is known with the containers there are, and lets steps be taken from then on. Reality wins: what ran
   * on is adopted as it is, what vanished is reported, a container of no known task is removed.
   */
  async resync(label: string): Promise<void> {
    const { runtime } = this.#deps;
    const { ready } = this.#sandboxes;
    const listed = new Map((await runtime.listContainers([label])).map((summary) => [summary.id, summary]));
    this.#sandboxes.listed(ready, new Set(listed.keys()));
    for (const task of this.#tasks.values()) {
      for (const container of task.containers) {
        const { runtimeId } = container;
        const runs = listed.get(runtimeId ?? '')?.state === 'running';
        if (runs && runtimeId !== undefined) this.#endLate(container, runtimeId);
        if (runtimeId === undefined || container.known === 'STOPPED') continue;
        const asKnown = runs && container.known === 'RUNNING';
        const checked = task.payload.containers.some(
          ({ name, healthCheckType }) => name === container.name && healthCheckType !== undefined,
        );
        if (!asKnown || checked) await this.#inspect(task.taskArn, container.name);
      }
    }
    for (const summary of listed.values()) if (!this.#isKnown(summary)) await runtime.removeContainer(summary.id);
    const isPreparing = (): boolean =>
      [...this.#work.values()].some(({ lanes }) => lanes.get('')?.step.kind === 'prepare');
    await reconcileHost({ label, tasks: [...this.#tasks.values()], isPreparing }, this.#deps);
    this.#available = true;
    this.#admit();
    for (const taskArn of this.#tasks.keys()) {
      this.#advance(taskArn);
      this.#scheduleCleanup(taskArn);
    }
    this.#sandboxes.consider();
  }

  /** No further step is begun; resolves when those under way have ended, or after `patienceMs`. */
  async close(patienceMs: number): Promise<void> {
    this.#closed = true;
    this.#closing.abort(new Fault('Closed', 'closed'));
    for (const { lanes, wake, cleanup } of this.#work.values()) {
      wake?.cancel();
      cleanup?.cancel();
      for (const { step, abort } of lanes.values())
        if (mayBeCalledOff(step)) abort.abort(new Fault('Closed', 'closed'));
    }
    let timer: Timer | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = this.#deps.clock.setTimer(patienceMs, resolve);
    });
    await Promise.race([Promise.allSettled([...this.#running, this.#sandboxes.close()]), patience]);
    timer?.cancel();
    await this.#deps.state.flush();
  }

  /** Steps are taken again only after the next {@link resync}. */
  suspend(): void {
    this.#available = false;
  }

  #fitting(task: EngineTask): EngineTask {
    const needs = needsOf(task.payload);
    const { cpuUnits, memoryMiB, gpuIds = [] } = this.#options.capacity;
    const absent = gpuIdsOf(task.payload).find((id) => !gpuIds.includes(id));
    const fits = needs.cpuUnits <= cpuUnits && needs.memoryMiB <= memoryMiB;
    if (fits && absent === undefined) return task;
    const why = fits
      ? `the task is to have the GPU ${absent}, which its host does not`
      : 'the task is larger than its host';
    return { ...task, desired: 'STOPPED', reason: `ResourceInitializationError: ${why}` };
  }

  #admit(): void {
    if (!this.#available) return;
    for (const { taskArn } of admissible(this.#tasks.values(), this.#options.capacity)) {
      this.#update(taskArn, (task) => ({ ...task, admitted: true }));
    }
  }

  #isKnown(summary: ContainerSummary): boolean {
    const { id, name, labels } = summary;
    if (this.#sandboxes.ownerOf(summary) !== undefined || this.#sandboxes.keeps(summary)) return true;
    const task = this.#tasks.get(labels[taskArnLabel] ?? '');
    const container = task === undefined ? undefined : findContainer(task, labels[containerNameLabel] ?? '');
    return container !== undefined && (container.runtimeId === id || container.runtimeName === name);
  }

  /** A container that is stopped for everybody else, and runs because a start that was given up came through. */
  #endLate({ known }: EngineContainer, id: string): void {
    if (known !== 'STOPPED') return;
    // It may have ended by itself meanwhile.
    this.#spawn(
      'late start',
      this.#deps.runtime.killContainer(id, 'SIGKILL').catch(() => {}),
    );
  }

  async #inspect(taskArn: string, name: string): Promise<void> {
    const task = this.#tasks.get(taskArn);
    const container = task === undefined ? undefined : findContainer(task, name);
    if (task === undefined || container?.runtimeId === undefined) return;
    const change = await this.#steps.inspect(task, container, this.#closing.signal);
    const work = this.#workOf(taskArn);
    if (work.lanes.has(name)) work.stale.add(name);
    else this.#update(taskArn, change);
  }

  #update(taskArn: string, change: Change): void {
    const before = this.#tasks.get(taskArn);
    if (before === undefined) return;
    const after = change(before);
    if (after === before) return;
    this.#put(before, after);
    this.#advance(taskArn);
  }

  /** The control plane has sent credentials of a task's: what waited for them goes on. */
  credentialsCame(taskArn: string): void {
    this.#advance(taskArn);
  }

  #awaitsCredentials({ taskArn, executionCredentialsId }: EngineTask): boolean {
    return executionCredentialsId !== undefined && this.#deps.executionCredentials?.(taskArn) === undefined;
  }

  /** Draws the conclusions and begins the steps that follow. */
  #advance(taskArn: string): void {
    const before = this.#tasks.get(taskArn);
    if (before === undefined || this.#closed) return;
    const work = this.#workOf(taskArn);
    const now = this.#deps.clock.now();
    const awaitsCredentials = this.#awaitsCredentials(before);
    const { task, steps, wakeAt } = decideTask(before, { now, busy: new Set(work.lanes.keys()), awaitsCredentials });
    this.#put(before, task);
    if (task.desired === 'STOPPED') {
      for (const { step, abort } of work.lanes.values()) {
        if (mayBeCalledOff(step)) abort.abort(new Fault('Aborted', 'the task is stopping'));
      }
    }
    work.wake?.cancel();
    if (wakeAt !== undefined) {
      work.wake = this.#deps.clock.setTimer(elapsedMs(now, wakeAt), () => this.#advance(taskArn));
    }
    if (this.#available) for (const step of steps) this.#begin(taskArn, work, step);
    if (task.reached === 'STOPPED' && before.reached !== 'STOPPED') {
      this.#steps.forgetValues(taskArn);
      this.#admit();
    }
  }

  #put(before: EngineTask, after: EngineTask): void {
    if (after === before) return;
    this.#tasks.set(after.taskArn, after);
    const work = this.#workOf(after.taskArn);
    work.saved = this.#deps.state.saveTask(after);
    this.#spawn('save', work.saved);
    const report = nextReport(after);
    if (report !== undefined && JSON.stringify(report) !== after.delivered) {
      this.#deps.onReport(after.taskArn, after.reached === before.reached ? 'soon' : 'now');
    }
    if (after.containers.some(({ health }, index) => health !== before.containers[index]?.health))
      this.#deps.onHealth();
  }

  #begin(taskArn: string, work: TaskWork, step: Step): void {
    const lane = laneOf(step);
    const task = this.#tasks.get(taskArn);
    if (task === undefined || work.lanes.has(lane)) return;
    const abort = new AbortController();
    work.lanes.set(lane, { step, abort });
    const busy = step.kind === 'image' || step.kind === 'stop' ? 0 : 1;
    this.#busySteps += busy;
    const taken = this.#take(task, work, step, abort.signal).finally(() => {
      this.#busySteps -= busy;
      this.#sandboxes.consider();
    });
    this.#spawn(step.kind, taken);
  }

  async #take(task: EngineTask, work: TaskWork, step: Step, signal: AbortSignal): Promise<void> {
    const { taskArn } = task;
    const lane = laneOf(step);
    const { clock, log, onEngineLost } = this.#deps;
    let change: Change = (now) => now;
    try {
      const claimed = await this.#claim(task, step);
      // What runs must be known by its id after a restart: else it would be run once more, or left.
      if (claimed === undefined && step.kind === 'start') await work.saved.catch(() => {});
      change = claimed ?? (await this.#steps.run(task, step, signal));
    } catch (error) {
      if (error instanceof Fault && error.code === 'EngineUnavailable') {
        this.#available = false;
        onEngineLost();
        if (step.kind === 'start') change = (now) => withContainer(now, step.container, { startCutOff: true });
      } else if (!signal.aborted) {
        log.error('a step failed', { taskArn, step: step.kind, error: messageOf(error) });
        work.wake?.cancel();
        work.wake = clock.setTimer(retryMs, () => this.#advance(taskArn));
        work.lanes.delete(lane);
        return;
      }
    }
    work.lanes.delete(lane);
    const before = this.#tasks.get(taskArn);
    if (before === undefined) return;
    const after = change(before);
    this.#put(before, after);
    if (work.stale.delete(lane)) await this.#inspect(taskArn, lane);
    this.#advance(taskArn);
  }

  /**
   * A spare for the task instead of a namespace holder of its own, if there is one. Nothing of the task gets into it
   * before it is on disk whose it is: a spare that no task names has held nothing.
   */
  async #claim({ taskArn }: EngineTask, step: Step): Promise<Change | undefined> {
    const task = this.#tasks.get(taskArn);
    const holder = task === undefined ? undefined : pauseContainer(task);
    if (step.kind !== 'create' || task === undefined || holder?.name !== step.container) return undefined;
    const runtimeId = await this.#sandboxes.claim(task, this.#steps.holderOf(task, holder));
    const before = this.#tasks.get(taskArn);
    if (runtimeId === undefined || before === undefined) return undefined;
    const after = withContainer(before, holder.name, { known: 'CREATED', runtimeId, spare: true });
    this.#put(before, after);
    this.#sandboxes.settle(runtimeId);
    const unkept = (error: unknown): Change => {
      this.#unkept(taskArn, error);
      return (now) => now;
    };
    return this.#deps.state.saveTask(after).then(() => (now: EngineTask) => now, unkept);
  }

  #scheduleCleanup(taskArn: string): void {
    const task = this.#tasks.get(taskArn);
    if (task?.reached !== 'STOPPED' || task.delivered === undefined || this.#closed) return;
    if (this.pendingReport(taskArn) !== undefined) return;
    const { clock } = this.#deps;
    const due = afterMs(task.stoppedAt ?? clock.now(), this.#options.cleanupWaitMs);
    const work = this.#workOf(taskArn);
    work.cleanup?.cancel();
    work.cleanup = clock.setTimer(elapsedMs(clock.now(), due), () => this.#spawn('clean-up', this.#cleanUp(task)));
  }

  async #cleanUp(task: EngineTask): Promise<void> {
    const { clock, log, state } = this.#deps;
    try {
      await this.#steps.remove(task);
    } catch (error) {
      log.warn('a stopped task could not be removed yet', { taskArn: task.taskArn, error: messageOf(error) });
      const work = this.#workOf(task.taskArn);
      if (!this.#closed) work.cleanup = clock.setTimer(60_000, () => this.#spawn('clean-up', this.#cleanUp(task)));
      return;
    }
    this.#tasks.delete(task.taskArn);
    this.#work.delete(task.taskArn);
    await state.removeTask(task.taskArn);
  }

  #workOf(taskArn: string): TaskWork {
    let work = this.#work.get(taskArn);
    if (work === undefined) {
      work = { lanes: new Map(), stale: new Set(), saved: Promise.resolve() };
      this.#work.set(taskArn, work);
    }
    return work;
  }

  /** Owns a promise: its failure is logged, and {@link close} waits for it. */
  #spawn(what: string, promise: Promise<void>): void {
    const owned = promise
      .catch((error: unknown) => {
        if (error instanceof Fault && error.code === 'EngineUnavailable') this.#deps.onEngineLost();
        else if (!this.#closed) this.#deps.log.error(`${what} failed`, { error: messageOf(error) });
      })
      .finally(() => this.#running.delete(owned));
    this.#running.add(owned);
  }
}

/** A task of an earlier run. Its interface is set again; a start that was under way may have been cut off. */
function restored(task: EngineTask): EngineTask {
  const containers = task.containers.map((container) =>
    container.known === 'CREATED' || container.restartDue === true ? { ...container, startCutOff: true } : container,
  );
  return { ...task, networkAttached: false, valuesFetched: false, containers };
}

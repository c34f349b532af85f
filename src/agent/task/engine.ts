import { elapsedMs, Fault, Ids, messageOf, type Timer } from '#base';
import type { PayloadTask } from '#wire/link';
import { HostPorts } from '../host/ports.ts';
import type { RuntimeEvent } from '../runtime/port.ts';
import { SandboxClaims } from '../sandboxes/claims.ts';
import { ValueCalls } from '../secrets/calls.ts';
import type { SavedState } from '../state/store.ts';
import { heldPorts } from './bindings.ts';
import type { Change } from './changes.ts';
import { CleanUps } from './clean-up.ts';
import { containerNameLabel, taskArnLabel } from './container-body.ts';
import { decideTask, laneOf, type Step } from './decide.ts';
import type { TaskEngineDeps, TaskEngineOptions } from './engine-options.ts';
import { ImageStore } from './images.ts';
import { Lanes } from './lanes.ts';
import { admissible, misfit } from './ledger.ts';
import { OwnedPromises } from './owned.ts';
import { parseTask, refusedTask } from './parse.ts';
import { reconcileHost } from './reconcile.ts';
import { type PendingReport, pendingReportOf } from './report.ts';
import { resyncContainers } from './resync.ts';
import {
  type EngineContainer,
  type EngineTask,
  findContainer,
  pauseContainer,
  restored,
  withContainer,
} from './state.ts';
import { TaskSteps } from './steps/steps.ts';
import { callOff, type TaskWork, TaskWorks } from './work.ts';

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
  readonly #works = new TaskWorks();
  readonly #cleanUps: CleanUps;
  readonly #owned: OwnedPromises;
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
    this.#owned = new OwnedPromises({ ...deps, isClosed: () => this.#closed });
    this.#ports = new HostPorts(options.portRange, {
      probe: deps.portProbe,
      random: deps.random,
      onChange: (held) => deps.network?.publish?.(held),
    });
    this.#images = new ImageStore(options.images, {
      ...deps,
      remember: (images) => this.#owned.own('save', deps.state.saveImages(images)),
    });
    this.#steps = new TaskSteps(options, {
      ...deps,
      ids: this.#ids,
      ports: this.#ports,
      images: this.#images,
      calls: new ValueCalls(deps),
      startLanes: new Lanes({ count: options.startLanes }),
    });
    this.#cleanUps = new CleanUps(options, {
      ...deps,
      remove: (task) => this.#remove(task),
      own: this.#owned.own,
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
    return task === undefined ? undefined : pendingReportOf(task);
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
    const work = this.#works.of(taskArn);
    if (work.lanes.has(name)) work.stale.add(name);
    else this.#owned.own('inspect', this.#inspect(taskArn, name));
  }

  /**
   * Compares what is known with the containers there are, and lets steps be taken from then on. Reality wins: what ran
   * on is adopted as it is, what vanished is reported, a container of no known task is removed.
   */
  async resync(label: string): Promise<void> {
    await resyncContainers(label, {
      ...this.#deps,
      tasks: this.#tasks,
      sandboxes: this.#sandboxes,
      inspect: (taskArn, name) => this.#inspect(taskArn, name),
      endLate: (container, id) => this.#endLate(container, id),
    });
    const isPreparing = (): boolean => this.#works.isPreparing();
    await reconcileHost({ label, tasks: () => [...this.#tasks.values()], isPreparing }, this.#deps);
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
    this.#works.close();
    this.#cleanUps.close();
    let timer: Timer | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = this.#deps.clock.setTimer(patienceMs, resolve);
    });
    await Promise.race([Promise.allSettled([this.#owned.settled(), this.#sandboxes.close()]), patience]);
    timer?.cancel();
    await this.#deps.state.flush();
  }

  /** Steps are taken again only after the next {@link resync}. */
  suspend(): void {
    this.#available = false;
  }

  #fitting(task: EngineTask): EngineTask {
    const why = misfit(task.payload, this.#options.capacity);
    if (why === undefined) return task;
    return { ...task, desired: 'STOPPED', reason: `ResourceInitializationError: ${why}` };
  }

  #admit(): void {
    if (!this.#available) return;
    for (const { taskArn } of admissible(this.#tasks.values(), this.#options.capacity)) {
      this.#update(taskArn, (task) => ({ ...task, admitted: true }));
    }
  }

  /** A container that is stopped for everybody else, and runs because a start that was given up came through. */
  #endLate({ known }: EngineContainer, id: string): void {
    if (known !== 'STOPPED') return;
    // It may have ended by itself meanwhile.
    this.#owned.own(
      'late start',
      this.#deps.runtime.killContainer(id, 'SIGKILL').catch(() => {}),
    );
  }

  async #inspect(taskArn: string, name: string): Promise<void> {
    const task = this.#tasks.get(taskArn);
    const container = task === undefined ? undefined : findContainer(task, name);
    if (task === undefined || container?.runtimeId === undefined) return;
    const change = await this.#steps.inspect(task, container, this.#closing.signal);
    const work = this.#works.of(taskArn);
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
    const work = this.#works.of(taskArn);
    const now = this.#deps.clock.now();
    const awaitsCredentials = this.#awaitsCredentials(before);
    const { task, steps, wakeAt } = decideTask(before, { now, busy: new Set(work.lanes.keys()), awaitsCredentials });
    this.#put(before, task);
    if (task.desired === 'STOPPED') callOff(work, new Fault('Aborted', 'the task is stopping'));
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
    const work = this.#works.of(after.taskArn);
    work.saved = this.#deps.state.saveTask(after);
    this.#owned.own('save', work.saved);
    if (pendingReportOf(after) !== undefined) {
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
    this.#owned.own(step.kind, taken);
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
    this.#cleanUps.schedule(task);
  }

  async #remove(task: EngineTask): Promise<void> {
    await this.#steps.remove(task);
    this.#tasks.delete(task.taskArn);
    this.#works.forget(task.taskArn);
    await this.#deps.state.removeTask(task.taskArn);
  }
}

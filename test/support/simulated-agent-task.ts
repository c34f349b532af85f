import { type Clock, integerBelow, type Random, type Timer } from '#base';
import type { PayloadTask } from '#wire/link';

/** A span of milliseconds; a delay is drawn from it, both ends included. */
export type Span = readonly [min: number, max: number];

export type ReportedStatus = 'NONE' | 'PENDING' | 'RUNNING' | 'STOPPED';
export type SimulatedHealth = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

export interface SimulatedContainer {
  readonly name: string;
  readonly essential: boolean;
  readonly checked: boolean;
  status: ReportedStatus;
  exitCode?: number;
  reason?: string;
  health: SimulatedHealth;
}

export interface TaskBehaviour {
  readonly pullMs: Span;
  readonly startMs: Span;
  readonly stopMs: Span;
  /** From RUNNING to a HEALTHY container with a health check. */
  readonly healthyMs: Span;
  /** The error of a pull, e.g. `CannotPullContainerError: …`; `undefined` when the image is there. */
  readonly pullError: (image: string) => string | undefined;
  /** How long the containers of a family run before they end by themselves, all well; default: for ever. */
  readonly lifeMs?: (family: string) => Span | undefined;
}

export interface SimulatedTaskDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly behaviour: () => TaskBehaviour;
  /** The status or a container changed: there is something to report. */
  readonly onChange: (task: SimulatedTask) => void;
  readonly onHealth: () => void;
}

/**
 * One task on a simulated host. Its containers outlive the agent's process, its steps do not: `pause` is the agent's
 * death, `resume` its next life.
 */
export class SimulatedTask {
  readonly payload: PayloadTask;
  readonly containers: readonly SimulatedContainer[];
  desired: 'RUNNING' | 'STOPPED' = 'RUNNING';
  status: ReportedStatus = 'NONE';
  /** Counts changes to report. */
  changes = 0;
  /** The count that was delivered last. */
  delivered = 0;
  readonly #deps: SimulatedTaskDeps;
  #timer: Timer | undefined;
  #healthTimer: Timer | undefined;
  #alive = true;

  constructor(payload: PayloadTask, deps: SimulatedTaskDeps) {
    this.payload = payload;
    this.#deps = deps;
    this.containers = payload.containers.map((container) => ({
      name: container.name,
      essential: container.essential,
      checked: container.healthCheckType === 'docker',
      status: 'NONE',
      health: 'UNKNOWN',
    }));
  }

  get arn(): string {
    return this.payload.arn;
  }

  /** Whether a container of the task runs on the host. */
  get runs(): boolean {
    return this.containers.some((container) => container.status === 'RUNNING');
  }

  /** The control plane's word. A stop is never taken back. */
  want(desired: 'RUNNING' | 'STOPPED'): void {
    if (desired === 'STOPPED' && this.desired === 'RUNNING') {
      this.desired = 'STOPPED';
      this.#cancel();
    }
    this.step();
  }

  /** Starts the next step unless one is under way. */
  step(): void {
    if (!this.#alive || this.#timer !== undefined || this.status === 'STOPPED') return;
    const { behaviour } = this.#deps;
    if (this.desired === 'STOPPED') {
      if (this.runs) this.#after(behaviour().stopMs, () => this.#stop(143));
      else this.#stop(undefined);
    } else if (this.status === 'NONE') {
      this.#after(behaviour().pullMs, () => this.#pulled());
    } else if (this.status === 'PENDING') {
      this.#after(behaviour().startMs, () => this.#started());
    }
  }

  /** A container ends by itself; an essential one takes the task with it. */
  exit(name: string, exitCode: number, reason?: string): void {
    const container = this.containers.find((candidate) => candidate.name === name);
    if (container?.status !== 'RUNNING') return;
    container.status = 'STOPPED';
    container.exitCode = exitCode;
    if (reason !== undefined) container.reason = reason;
    this.#noticeExits();
  }

  /** Every container is gone without a trace, e.g. after a restart of the engine. */
  lose(): void {
    for (const container of this.containers) {
      if (container.status === 'NONE' || container.status === 'STOPPED') continue;
      container.status = 'STOPPED';
      container.reason = 'ContainerVanishedError: No container matching saved ID found';
    }
    this.#noticeExits();
  }

  setHealth(name: string, health: SimulatedHealth): void {
    const container = this.containers.find((candidate) => candidate.name === name);
    if (container === undefined || container.health === health) return;
    container.health = health;
    if (this.#alive) this.#deps.onHealth();
  }

  /** The agent's process dies: nothing is driven or noticed any more; containers stay as they are. */
  pause(): void {
    this.#alive = false;
    this.#cancel();
    this.#healthTimer?.cancel();
    this.#healthTimer = undefined;
  }

  /** The next process finds the task as it is. */
  resume(): void {
    this.#alive = true;
    this.#noticeExits();
    this.step();
    if (this.runs && this.containers.some(({ health }) => health === 'UNKNOWN')) this.#beginChecks();
  }

  #finished(): void {
    for (const { name } of this.containers) this.exit(name, 0);
  }

  #noticeExits(): void {
    if (!this.#alive || this.status === 'STOPPED' || this.status === 'NONE') return;
    const stopped = this.containers.filter((container) => container.status === 'STOPPED');
    if (stopped.length === 0) return;
    if (stopped.some((container) => container.essential)) {
      this.desired = 'STOPPED';
      this.#cancel();
      this.step();
    } else this.#changed();
  }

  #pulled(): void {
    const failed = this.containers.flatMap((container, index) => {
      const reason = this.#deps.behaviour().pullError(this.payload.containers[index]?.image ?? '');
      return reason === undefined ? [] : [{ container, reason }];
    });
    for (const { container, reason } of failed) container.reason = reason;
    if (failed.some(({ container }) => container.essential)) {
      this.desired = 'STOPPED';
      this.#stop(undefined);
      return;
    }
    this.status = 'PENDING';
    for (const container of this.containers) container.status = 'PENDING';
    this.#changed();
    this.step();
  }

  #started(): void {
    this.status = 'RUNNING';
    for (const container of this.containers) {
      container.status = container.reason === undefined ? 'RUNNING' : 'STOPPED';
    }
    this.#changed();
    const life = this.#deps.behaviour().lifeMs?.(this.payload.family);
    if (life !== undefined) this.#deps.clock.setTimer(this.#draw(life), () => this.#finished());
    this.#beginChecks();
  }

  #beginChecks(): void {
    if (!this.containers.some((container) => container.checked)) return;
    this.#healthTimer = this.#deps.clock.setTimer(this.#draw(this.#deps.behaviour().healthyMs), () => {
      for (const container of this.containers) if (container.checked) this.setHealth(container.name, 'HEALTHY');
    });
  }

  #stop(exitCode: number | undefined): void {
    for (const container of this.containers) {
      if (container.status === 'RUNNING' && exitCode !== undefined) container.exitCode = exitCode;
      container.status = 'STOPPED';
    }
    this.#healthTimer?.cancel();
    this.status = 'STOPPED';
    this.#changed();
  }

  #changed(): void {
    this.changes++;
    this.#deps.onChange(this);
  }

  #after(span: Span, next: () => void): void {
    this.#timer = this.#deps.clock.setTimer(this.#draw(span), () => {
      this.#timer = undefined;
      next();
    });
  }

  #cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #draw(span: Span): number {
    return drawMs(this.#deps.random, span);
  }
}

export function drawMs(random: Random, [min, max]: Span): number {
  return min + integerBelow(random, max - min + 1);
}

import { idOf } from './audit.ts';

/** One ECS Task State Change event. */
export interface TaskEvent {
  readonly taskArn: string;
  readonly version: number;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  readonly startedBy?: string;
  /** Of its container `app`. */
  readonly exitCode?: number;
}

const order = [
  'PROVISIONING',
  'PENDING',
  'ACTIVATING',
  'RUNNING',
  'DEACTIVATING',
  'STOPPING',
  'DEPROVISIONING',
  'STOPPED',
];

/** Every task's events so far, each looked at as it comes: nothing is told twice, left out, or taken back. */
export class Histories {
  readonly #last = new Map<string, TaskEvent>();
  readonly #problems: string[] = [];
  #count = 0;

  /** Of the next event, in the order in which they are told. */
  take(event: TaskEvent): void {
    this.#count += 1;
    const before = this.#last.get(event.taskArn);
    this.#last.set(event.taskArn, event);
    const say = (problem: string): void => {
      this.#problems.push(`task ${idOf(event.taskArn)}, version ${event.version}: ${problem}`);
    };
    const expected = (before?.version ?? 0) + 1;
    if (event.version !== expected) say(`told after version ${expected - 1}`);
    if (before === undefined) return;
    if (before.lastStatus === 'STOPPED') say(`told after it had STOPPED`);
    if (order.indexOf(event.lastStatus) < order.indexOf(before.lastStatus)) {
      say(`${event.lastStatus} after ${before.lastStatus}`);
    }
    if (before.desiredStatus === 'STOPPED' && event.desiredStatus !== 'STOPPED') say('wanted again');
  }

  /** What was wrong with the events themselves: no wait can mend it. */
  get wrong(): readonly string[] {
    return this.#problems;
  }

  get eventCount(): number {
    return this.#count;
  }

  get tasks(): Iterable<TaskEvent> {
    return this.#last.values();
  }

  find(taskArn: string): TaskEvent | undefined {
    return this.#last.get(taskArn);
  }

  /** Where their ends are not what is told now. */
  differences(notStopped: ReadonlySet<string>): string[] {
    const problems: string[] = [];
    for (const { taskArn, lastStatus } of this.#last.values()) {
      const stopped = lastStatus === 'STOPPED';
      if (stopped && notStopped.has(taskArn)) problems.push(`task ${idOf(taskArn)} runs on after its STOPPED event`);
      if (!stopped && !notStopped.has(taskArn))
        problems.push(`task ${idOf(taskArn)} has ended without a STOPPED event`);
    }
    for (const taskArn of notStopped) {
      if (!this.#last.has(taskArn)) problems.push(`task ${idOf(taskArn)} is there without an event`);
    }
    return problems;
  }
}

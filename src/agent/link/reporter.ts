import {
  afterMs,
  type BackoffOptions,
  backoffMs,
  type Clock,
  KeyQueue,
  type Logger,
  messageOf,
  type Random,
} from '#base';
import type { PendingReport } from '../task/report.ts';
import type { ControlPlaneApi } from './control-plane.ts';
import { codeOf } from './register.ts';

export interface ReporterOptions {
  /** Tasks reported at the same time; of one task always only one report is under way. */
  readonly lanes: number;
  /** Changes that do not move a task's own status are gathered this long. */
  readonly gatherMs: number;
  readonly backoff: BackoffOptions;
}

export interface ReporterDeps {
  readonly api: ControlPlaneApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly pending: (taskArn: string) => PendingReport | undefined;
  readonly delivered: (taskArn: string, report: PendingReport) => void;
}

/**
 * Submits task states until they are taken, one at a time of each task. What is sent is the newest: a report that waits
 * takes in what happened since, so that STOPPED never overtakes and nothing is said twice. Only that a task ran is said
 * before that it stopped, in a report of its own.
 */
export class TaskReporter {
  readonly #options: ReporterOptions;
  readonly #deps: ReporterDeps;
  readonly #queue: KeyQueue;
  readonly #failures = new Map<string, number>();
  readonly #abort = new AbortController();

  constructor(options: ReporterOptions, deps: ReporterDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#queue = new KeyQueue({ clock: deps.clock, lanes: options.lanes, work: (taskArn) => this.#submit(taskArn) });
  }

  changed(taskArn: string, urgency: 'now' | 'soon'): void {
    if (urgency === 'soon') this.#queue.addAt(taskArn, afterMs(this.#deps.clock.now(), this.#options.gatherMs));
    else if (!this.#failures.has(taskArn)) this.#queue.add(taskArn);
  }

  /** Tries everything again at once: the control plane is back. */
  retryNow(): void {
    for (const taskArn of this.#failures.keys()) this.#queue.add(taskArn);
  }

  async close(): Promise<void> {
    this.#abort.abort(new Error('the agent ends'));
    await this.#queue.close();
  }

  async #submit(taskArn: string): Promise<void> {
    const { api, clock, random, log, pending, delivered } = this.#deps;
    const report = pending(taskArn);
    if (report === undefined) return;
    try {
      await api.submitTaskStateChange(
        { cluster: report.clusterArn, task: taskArn, ...report.report },
        this.#abort.signal,
      );
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      if (codeOf(error) !== 'InvalidParameterException') {
        const attempt = this.#failures.get(taskArn) ?? 0;
        this.#failures.set(taskArn, attempt + 1);
        const delayMs = backoffMs(this.#options.backoff, attempt, random);
        log.warn('a task state could not be submitted', { taskArn, error: messageOf(error), retryInMs: delayMs });
        this.#queue.addAt(taskArn, afterMs(clock.now(), delayMs));
        return;
      }
      log.error('the control plane refuses a task state', { taskArn, error: messageOf(error) });
    }
    this.#failures.delete(taskArn);
    delivered(taskArn, report);
    if (pending(taskArn) !== undefined) this.#queue.add(taskArn);
  }
}

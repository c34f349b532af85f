import type { Clock, Logger, Timer } from '#base';
import type { TargetDocument, TargetGroupDocument, TargetHealthReport } from '#wire/link';
import { probe, type TargetDialer } from './probe.ts';
import { afterCheck, type Health, registered, targetKey } from './state.ts';

export interface CheckerDeps {
  readonly dialer: TargetDialer;
  readonly clock: Clock;
  readonly log: Logger;
  /** A verdict is another, or its reason. */
  readonly onChange: (report: TargetHealthReport) => void;
  /** A target is in doubt, or is no longer. */
  readonly onDoubt: () => void;
}

/** Between the checks of a target that has not answered yet: one that starts is found soon. */
const eagerMs = 1_000;
/** How long a target of whose host nothing is known may take to answer, seconds. */
const doubtSeconds = 1;

interface Watched {
  readonly targetGroupArn: string;
  group: TargetGroupDocument;
  target: TargetDocument;
  health: Health;
  timer: Timer | undefined;
  /** When a failure was last counted; between two is an interval, however eagerly is looked. */
  countedAtMs: number;
  gone: boolean;
  /** Nothing comes back from it, although no check of its group's has found that yet. */
  doubted: boolean;
  doubtTimer: Timer | undefined;
}

/**
 * Checks the targets of groups from one node of a load balancer. A target is looked at as soon as it is there, then once
 * an interval; one in its first checks every second, whose failures count once an interval all the same. One of whose host
 * nothing is known is looked at besides: whether it answers is nothing to report, but decides whether it is asked.
 */
export class HealthChecker {
  readonly #deps: CheckerDeps;
  readonly #watched = new Map<string, Watched>();
  #closed = false;

  constructor(deps: CheckerDeps) {
    this.#deps = deps;
  }

  healthOf(targetGroupArn: string, target: TargetDocument): Health {
    return this.#watched.get(keyOf(targetGroupArn, target))?.health ?? registered;
  }

  /** Whether a target is to be left out, whatever its checks have found so far. */
  isDoubted(targetGroupArn: string, target: TargetDocument): boolean {
    return this.#watched.get(keyOf(targetGroupArn, target))?.doubted === true;
  }

  /** The targets to check from now on. `known` is what an earlier run found of one that is new here. */
  watch(
    groups: ReadonlyMap<string, TargetGroupDocument>,
    known: (targetGroupArn: string, target: TargetDocument) => Health | undefined = () => undefined,
  ): void {
    const wanted = new Set<string>();
    for (const [targetGroupArn, group] of groups) {
      for (const target of group.targets) {
        if (!isChecked(group, target)) continue;
        const key = keyOf(targetGroupArn, target);
        wanted.add(key);
        const watched = this.#watched.get(key);
        if (watched === undefined) this.#begin(key, { targetGroupArn, group, target, known });
        else Object.assign(watched, { group, target });
        this.#doubt(this.#watched.get(key));
      }
    }
    for (const [key, watched] of this.#watched) {
      if (wanted.has(key)) continue;
      watched.gone = true;
      watched.timer?.cancel();
      watched.doubtTimer?.cancel();
      this.#watched.delete(key);
    }
  }

  /** What is known of every target of these groups that is checked; of one that is not watched yet, that it is new. */
  reports(groups: ReadonlyMap<string, TargetGroupDocument>): readonly TargetHealthReport[] {
    return [...groups].flatMap(([targetGroupArn, group]) =>
      group.targets
        .filter((target) => isChecked(group, target))
        .map((target) => {
          const health = this.healthOf(targetGroupArn, target);
          return reportOf({ targetGroupArn, target, health });
        }),
    );
  }

  close(): void {
    this.#closed = true;
    for (const { timer, doubtTimer } of this.#watched.values()) {
      timer?.cancel();
      doubtTimer?.cancel();
    }
    this.#watched.clear();
  }

  #begin(
    key: string,
    begun: Pick<Watched, 'targetGroupArn' | 'group' | 'target'> & {
      readonly known: (targetGroupArn: string, target: TargetDocument) => Health | undefined;
    },
  ): void {
    const { targetGroupArn, group, target, known } = begun;
    const health = known(targetGroupArn, target) ?? registered;
    const watched: Watched = {
      targetGroupArn,
      group,
      target,
      health,
      timer: undefined,
      countedAtMs: Number.NEGATIVE_INFINITY,
      gone: false,
      doubted: false,
      doubtTimer: undefined,
    };
    this.#watched.set(key, watched);
    watched.timer = this.#deps.clock.setTimer(0, () => void this.#check(watched));
    this.#deps.onChange(reportOf(watched));
  }

  /** Looks at once, and every second, whether a suspect answers at all; until it does, once it did not. */
  #doubt(watched: Watched | undefined): void {
    if (watched === undefined || watched.doubtTimer !== undefined) return;
    if (!watched.doubted && watched.target.suspect !== true) return;
    watched.doubtTimer = this.#deps.clock.setTimer(0, () => void this.#lookAt(watched));
  }

  async #lookAt(watched: Watched): Promise<void> {
    const { group, target } = watched;
    const timeoutSeconds = Math.min(doubtSeconds, group.healthCheck.timeoutSeconds);
    const outcome = await probe(
      { group: { ...group, healthCheck: { ...group.healthCheck, timeoutSeconds } }, target },
      this.#deps,
    );
    if (watched.gone || this.#closed) return;
    const doubted = outcome.kind === 'timeout' || outcome.kind === 'failed';
    const changed = watched.doubted !== doubted;
    watched.doubted = doubted;
    watched.doubtTimer = this.#deps.clock.setTimer(eagerMs, () => {
      watched.doubtTimer = undefined;
      this.#doubt(watched);
    });
    if (changed) this.#deps.onDoubt();
  }

  async #check(watched: Watched): Promise<void> {
    const { clock } = this.#deps;
    const beganMs = clock.monotonicMs();
    const outcome = await probe(watched, this.#deps);
    if (watched.gone || this.#closed) return;
    const before = watched.health;
    const intervalMs = watched.group.healthCheck.intervalSeconds * 1000;
    if (outcome.kind === 'passed' || before.state !== 'initial' || beganMs - watched.countedAtMs >= intervalMs) {
      watched.countedAtMs = beganMs;
      watched.health = afterCheck(before, outcome, watched.group.healthCheck);
    }
    const { health } = watched;
    const waitMs = health.state === 'initial' ? Math.min(eagerMs, intervalMs) : intervalMs;
    const tookMs = clock.monotonicMs() - beganMs;
    watched.timer = clock.setTimer(Math.max(0, waitMs - tookMs), () => void this.#check(watched));
    const same = before.state === health.state && before.reason === health.reason;
    if (!same || before.description !== health.description) this.#deps.onChange(reportOf(watched));
  }
}

/** Health checks of a target that is leaving end. */
function isChecked({ healthCheck }: TargetGroupDocument, { draining }: TargetDocument): boolean {
  return !draining && healthCheck.enabled;
}

function keyOf(targetGroupArn: string, target: TargetDocument): string {
  return `${targetGroupArn} ${targetKey(target)} ${target.address}`;
}

function reportOf({
  targetGroupArn,
  target,
  health,
}: Pick<Watched, 'targetGroupArn' | 'target' | 'health'>): TargetHealthReport {
  const { state, reason, description } = health;
  return {
    targetGroupArn,
    id: target.id,
    port: target.port,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(description === undefined ? {} : { description }),
  };
}

import { type Clock, elapsedMs, type Instant } from '#base';
import type { ContainerRuntime } from '../runtime/port.ts';
import type { EngineTask } from '../task/state.ts';
import type { ClockDrift, ReadClockDrift } from './clock-drift.ts';
import { factsKeptMs } from './limits.ts';

/** What the metadata of a Fargate task has beside an EC2 one's. */
export interface FargateExtras {
  /** MiB. */
  readonly EphemeralStorageMetrics?: { readonly Utilized: number; readonly Reserved: number };
  readonly ClockDrift?: ClockDrift;
}

export interface FargateFactsDeps {
  readonly runtime: Pick<ContainerRuntime, 'containerSize'>;
  readonly readClockDrift: ReadClockDrift;
  readonly clock: Clock;
}

interface Kept {
  readonly at: Instant;
  readonly value: Promise<FargateExtras>;
}

/** Each is found out anew only now and then: agents of monitoring ask every few seconds, and the engine counts files. */
export class FargateFacts {
  readonly #deps: FargateFactsDeps;
  readonly #kept = new Map<string, Kept>();

  constructor(deps: FargateFactsDeps) {
    this.#deps = deps;
  }

  /** Nothing for a task that is not on Fargate. */
  async of(task: EngineTask): Promise<FargateExtras> {
    if (task.payload.launchType !== 'FARGATE') return {};
    const now = this.#deps.clock.now();
    for (const [taskArn, { at }] of this.#kept) if (elapsedMs(at, now) >= factsKeptMs) this.#kept.delete(taskArn);
    const kept = this.#kept.get(task.taskArn) ?? { at: now, value: this.#read(task) };
    this.#kept.set(task.taskArn, kept);
    return kept.value;
  }

  async #read(task: EngineTask): Promise<FargateExtras> {
    const [utilizedBytes, drift] = await Promise.all([this.#utilized(task), this.#deps.readClockDrift()]);
    const reservedGiB = task.payload.ephemeralStorageGiB;
    const Utilized = Math.ceil(utilizedBytes / 1024 ** 2);
    return {
      ...(reservedGiB === undefined ? {} : { EphemeralStorageMetrics: { Utilized, Reserved: reservedGiB * 1024 } }),
      ...(drift === undefined ? {} : { ClockDrift: drift }),
    };
  }

  /** Bytes: images and what was written over them, as on Fargate. */
  async #utilized({ containers }: EngineTask): Promise<number> {
    const sizes = await Promise.all(
      containers.map(async ({ runtimeId, internal }) =>
        internal || runtimeId === undefined ? 0 : ((await this.#deps.runtime.containerSize(runtimeId)) ?? 0),
      ),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}

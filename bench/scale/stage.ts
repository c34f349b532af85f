import { setTimeout as sleep } from 'node:timers/promises';
import { parsePrometheus, type Scrape } from '../../test/support/prometheus.ts';
import type { ControlPlaneProcess } from './control-plane-process.ts';
import { Onlooker } from './onlooker.ts';
import { type Call, inLanes, signedClient } from './signed-client.ts';

/** How long one phase took, and how the control plane fared meanwhile. */
export interface Phase {
  readonly name: 'join' | 'fill' | 'roll' | 'lose';
  readonly seconds: number;
  /** Agents that joined, or tasks that became RUNNING. */
  readonly count: number;
  /** Processor time of the control plane, all threads, s. */
  readonly cpuSeconds: number;
  readonly residentMiB: number;
  /** List and describe calls that went on meanwhile, ms. */
  readonly calls: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly turns: Turns;
}

/** Turns of the control plane's event loop. */
export interface Turns {
  readonly count: number;
  /** Above 20 ms: the thread itself worked that long, or the machine kept it waiting. */
  readonly ownStalls: number;
  readonly machineStalls: number;
  /** The longest that one turn computed, and that one was kept waiting, since the start of the process, ms. */
  readonly longestOwnMs: number;
  readonly longestMachineMs: number;
}

/** How often an end is looked for, ms, and how long at most. */
const everyMs = 50;
const patienceMs = 20 * 60_000;

/** A running control plane, somebody who calls it, and what was measured. */
export class Stage {
  readonly phases: Phase[] = [];
  readonly call: Call;
  readonly cluster: string;
  readonly #lanes: number;
  readonly #controlPlane: ControlPlaneProcess;

  constructor(options: { readonly cluster: string; readonly lanes: number }, controlPlane: ControlPlaneProcess) {
    this.cluster = options.cluster;
    this.#lanes = options.lanes;
    this.#controlPlane = controlPlane;
    this.call = signedClient(controlPlane.target, options.lanes);
  }

  async phase(name: Phase['name'], count: number, work: () => Promise<void>): Promise<Phase> {
    const controlPlane = this.#controlPlane;
    const cpuBefore = controlPlane.cpuSeconds();
    const before = parsePrometheus(await controlPlane.metrics());
    await using onlooker = new Onlooker(controlPlane.target, this.cluster);
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    const phase = {
      name,
      seconds,
      count,
      cpuSeconds: controlPlane.cpuSeconds() - cpuBefore,
      residentMiB: controlPlane.residentMiB(),
      calls: onlooker.latencies(),
      turns: turnsBetween(before, parsePrometheus(await controlPlane.metrics())),
    };
    this.phases.push(phase);
    // A run takes minutes: what is known is said at once.
    process.stderr.write(`  ${JSON.stringify(phase)}\n`);
    return phase;
  }

  inLanes(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
    return inLanes(count, this.#lanes, work);
  }

  async until(condition: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`not reached in time: ${this.#controlPlane.log()}`);
      await sleep(everyMs);
    }
  }
}

function turnsBetween(before: Scrape, after: Scrape): Turns {
  const grown = (name: string, labels?: Readonly<Record<string, string>>): number =>
    after.valueOrZero(name, labels) - before.valueOrZero(name, labels);
  return {
    count: grown('roadstead_event_loop_turn_seconds_count'),
    ownStalls: grown('roadstead_event_loop_stalls_total', { cause: 'own' }),
    machineStalls: grown('roadstead_event_loop_stalls_total', { cause: 'machine' }),
    longestOwnMs: after.value('roadstead_event_loop_turn_longest_seconds', { cause: 'own' }) * 1000,
    longestMachineMs: after.value('roadstead_event_loop_turn_longest_seconds', { cause: 'machine' }) * 1000,
  };
}

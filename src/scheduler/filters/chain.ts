import type { Query } from '../query/query.ts';
import type { HostView, PlacementRequest, Refusal } from '../types.ts';
import { attributes } from './attributes.ts';
import { cpu } from './cpu.ts';
import { distinctInstance } from './distinct-instance.ts';
import { eni } from './eni.ts';
import type { Filter } from './filter.ts';
import { gpu } from './gpu.ts';
import { launchType } from './launch-type.ts';
import { location } from './location.ts';
import { memberOf } from './member-of.ts';
import { memory } from './memory.ts';
import { tcpPorts, udpPorts } from './ports.ts';
import { provider } from './provider.ts';
import { standing } from './standing.ts';

interface Link {
  readonly filter: Filter;
  /** What the outcome rests on: the record of the host, its free CPU and memory, or all that its tasks hold there. */
  readonly asks: 'record' | 'room' | 'tasks';
}

/** A refusal, and how far down the chain the host came: the farther, the nearer it is to a match. */
export interface Verdict {
  readonly refusal: Refusal;
  readonly stage: number;
}

/** The stage of hosts of other providers, and those of the two resources that the host pools keep in columns. */
export const providerStage = 0;
export const cpuStage = 5;
export const memoryStage = 6;

/** The filters of one request in ECS's order: the first one that refuses names the reason. */
export class FilterChain {
  /** Requests of the same shape say the same of a host's record. */
  readonly shape: string;
  /** Whether more can refuse a host than its record and its free CPU and memory. */
  readonly asksForTasks: boolean;
  readonly #links: readonly Link[];
  readonly #request: PlacementRequest;

  constructor(request: PlacementRequest, parse: (text: string) => Query) {
    const { reserves, requiresAttributes, constraints, interfaces = 0 } = request;
    this.#request = request;
    const links = constraints.map((constraint): Link => {
      if (constraint.type === 'distinctInstance') return { filter: distinctInstance, asks: 'tasks' };
      const { filter, dependsOnTasks } = memberOf(constraint.expression, parse);
      return { filter, asks: dependsOnTasks ? 'tasks' : 'record' };
    });
    this.#links = [
      { filter: provider, asks: 'record' },
      { filter: standing, asks: 'record' },
      { filter: launchType, asks: 'record' },
      { filter: attributes(requiresAttributes), asks: 'record' },
      { filter: location, asks: 'record' },
      { filter: cpu, asks: 'room' },
      { filter: memory, asks: 'room' },
      { filter: tcpPorts, asks: 'tasks' },
      { filter: udpPorts, asks: 'tasks' },
      { filter: gpu, asks: 'tasks' },
      { filter: eni, asks: 'tasks' },
      ...links,
    ];
    const ports = reserves.tcpPorts.length + reserves.udpPorts.length;
    this.asksForTasks = ports + reserves.gpuCount + interfaces > 0 || links.some(({ asks }) => asks === 'tasks');
    this.shape = JSON.stringify([
      request.launchType,
      request.capacityProvider ?? null,
      requiresAttributes,
      request.zones ?? null,
      request.inZone ?? null,
      constraints.map((constraint) => (constraint.type === 'memberOf' ? constraint.expression : null)),
    ]);
  }

  /** Whether the host takes one such task; `undefined` when it does. */
  judge(host: HostView): Verdict | undefined {
    return this.#firstRefusal(host, () => true);
  }

  /** As {@link judge}, by the host's record alone: the same for every request of this shape, until the record changes. */
  judgeRecord(host: HostView): Verdict | undefined {
    return this.#firstRefusal(host, ({ asks }) => asks === 'record');
  }

  /** As {@link judge}, for a host whose record has passed. */
  judgeLoad(host: HostView): Verdict | undefined {
    return this.#firstRefusal(host, ({ asks }) => asks !== 'record');
  }

  #firstRefusal(host: HostView, counts: (link: Link) => boolean): Verdict | undefined {
    for (const [stage, link] of this.#links.entries()) {
      const refusal = counts(link) ? link.filter(host, this.#request) : undefined;
      if (refusal !== undefined) return { refusal, stage };
    }
    return undefined;
  }
}

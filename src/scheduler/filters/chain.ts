import type { Query } from '../query/query.ts';
import type { HostView, PlacementRequest, Refusal } from '../types.ts';
import { attributes } from './attributes.ts';
import { cpu } from './cpu.ts';
import { distinctInstance } from './distinct-instance.ts';
import type { Filter } from './filter.ts';
import { gpu } from './gpu.ts';
import { launchType } from './launch-type.ts';
import { location } from './location.ts';
import { memberOf } from './member-of.ts';
import { memory } from './memory.ts';
import { tcpPorts, udpPorts } from './ports.ts';
import { standing } from './standing.ts';

interface Link {
  readonly filter: Filter;
  /** Whether the outcome for a host may change when a task is placed on it. */
  readonly changes: boolean;
}

/** A refusal, and how far down the chain the host came: the farther, the nearer it is to a match. */
export interface Verdict {
  readonly refusal: Refusal;
  readonly stage: number;
}

/** The filters of one request in ECS's order: the first one that refuses names the reason. */
export class FilterChain {
  readonly #links: readonly Link[];
  readonly #request: PlacementRequest;

  constructor(request: PlacementRequest, parse: (text: string) => Query) {
    this.#request = request;
    this.#links = [
      ...[standing, launchType, attributes(request.requiresAttributes), location].map((filter) => ({
        filter,
        changes: false,
      })),
      ...[cpu, memory, tcpPorts, udpPorts, gpu].map((filter) => ({ filter, changes: true })),
      ...request.constraints.map((constraint): Link => {
        if (constraint.type === 'distinctInstance') return { filter: distinctInstance, changes: true };
        const { filter, dependsOnTasks } = memberOf(constraint.expression, parse);
        return { filter, changes: dependsOnTasks };
      }),
    ];
  }

  /** Whether the host takes one such task; `undefined` when it does. */
  judge(host: HostView): Verdict | undefined {
    return this.#firstRefusal(host, false);
  }

  /** As {@link judge}, for a host that has passed and has taken a task since. */
  judgeAgain(host: HostView): Verdict | undefined {
    return this.#firstRefusal(host, true);
  }

  #firstRefusal(host: HostView, onlyChanges: boolean): Verdict | undefined {
    for (let stage = 0; stage < this.#links.length; stage++) {
      const link = this.#links[stage];
      if (link === undefined || (onlyChanges && !link.changes)) continue;
      const refusal = link.filter(host, this.#request);
      if (refusal !== undefined) return { refusal, stage };
    }
    return undefined;
  }
}

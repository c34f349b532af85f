import { drawExternalOperations, drawExternals, type ExternalPlan } from './externals.ts';
import type { Fault } from './faults.ts';
import { drawFaults } from './faults.ts';
import { drawHosts, type HostPlan } from './hosts.ts';
import { drawOperations, type OperationPlan } from './operations.ts';
import type { SimulationOptions } from './options.ts';
import { drawServices, type ServiceShape } from './services.ts';

/**
 * Everything that will be done to the control plane, drawn before anything happens, each with an id: leaving some of it
 * out is how a failure is made smaller.
 */
export interface Plan {
  readonly options: SimulationOptions;
  readonly services: readonly ServiceShape[];
  /** Services with task sets. */
  readonly externals: readonly ServiceShape[];
  readonly hosts: readonly Entry<HostPlan>[];
  readonly operations: readonly Entry<OperationPlan | ExternalPlan>[];
  readonly faults: readonly Entry<Fault>[];
}

export type Entry<T> = T & { readonly id: string };

export function drawPlan(options: SimulationOptions): Plan {
  const hosts = drawHosts(options);
  const services = drawServices(options, hosts);
  const externals = drawExternals(options);
  const name = <T>(letter: string, list: readonly T[]): Entry<T>[] =>
    list.map((each, index) => ({ id: `${letter}${index}`, ...each }));
  return {
    options,
    services,
    externals,
    hosts: name('h', hosts),
    operations: [
      ...name('o', drawOperations(options, services, hosts)),
      ...name('x', drawExternalOperations(options, externals)),
    ],
    faults: name('f', drawFaults(options, services.length)),
  };
}

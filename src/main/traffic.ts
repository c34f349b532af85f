import type { RulesHeard, TrafficShift } from '#controllers';
import type { RoadsteadStore } from '#store';
import { balancerTraffic, type HostsInStep } from './balancer-traffic.ts';
import { allTraffic, meshTraffic } from './mesh-traffic.ts';

/** How the loops see that traffic goes as wanted: of services' releases, and of listeners' rules. */
export function trafficPorts(deps: { readonly store: RoadsteadStore; readonly hosts: HostsInStep }): {
  readonly traffic: TrafficShift;
  readonly rules: RulesHeard;
} {
  const balancers = balancerTraffic(deps);
  return { traffic: allTraffic([balancers, meshTraffic(deps)]), rules: balancers };
}

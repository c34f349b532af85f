import type { TrafficShift } from '#controllers';
import type { ContainerInstanceArn, Service } from '#model';
import type { Revision, RoadsteadStore } from '#store';
import { type HostsInStep, isLost } from './balancer-traffic.ts';

/**
 * The traffic of Service Connect: it goes as wanted once the hosts with a proxy of the namespace, but for those that are
 * lost, have heard of the weights, which are those of the service deployment itself.
 */
export function meshTraffic({
  store,
  hosts,
}: {
  readonly store: RoadsteadStore;
  readonly hosts: HostsInStep;
}): TrafficShift {
  /** Since which revision the weights of a service are as wanted; forgotten when the wish is another. */
  const since = new Map<string, { readonly wish: string; readonly revision: Revision }>();
  return {
    inPlace(service, weights) {
      const namespaceArn = namespaceOf(service);
      if (namespaceArn === undefined) return true;
      const wish = JSON.stringify(weights);
      const seen = since.get(service.serviceArn);
      const known = seen?.wish === wish ? seen : { wish, revision: store.revision };
      since.set(service.serviceArn, known);
      return hosts.inStep(hostsIn(store, namespaceArn), known.revision);
    },
  };
}

/** The namespace in which others call the service. */
function namespaceOf({ serviceConnectConfiguration: connect }: Service): string | undefined {
  return (connect?.services ?? []).length === 0 ? undefined : connect?.namespaceArn;
}

function hostsIn({ view }: RoadsteadStore, namespaceArn: string): ReadonlySet<ContainerInstanceArn> {
  const hosts = new Set<ContainerInstanceArn>();
  for (const { serviceArn } of view.services.by('namespace', namespaceArn)) {
    for (const { hostArn, serviceConnect, lastStatus } of view.tasks.by('serviceOpen', serviceArn)) {
      if (hostArn === undefined || serviceConnect === undefined || lastStatus === 'STOPPED') continue;
      if (!isLost(view, hostArn)) hosts.add(hostArn);
    }
  }
  return hosts;
}

/** Several that share out traffic, each its own: it goes as wanted once all of it does. */
export function allTraffic(shifts: readonly TrafficShift[]): TrafficShift {
  return {
    // Each is asked: one that remembers since when must see every wish.
    inPlace: (service, weights) => shifts.map((shift) => shift.inPlace(service, weights)).every(Boolean),
    trouble(service, weights) {
      for (const shift of shifts) {
        const trouble = shift.trouble?.(service, weights);
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    },
  };
}

import { applyNodeReports, applyTargetReports } from '#balancing';
import { type Logger, messageOf } from '#base';
import type { HostReports } from '#dispatch';
import type { RoadsteadStore } from '#store';

/**
 * Takes what hosts say of load balancers' nodes and of targets into the store. What the store refuses is said again by the
 * hosts when they come back; until then it is what it was.
 */
export function targetReports({
  store,
  logger,
}: {
  readonly store: RoadsteadStore;
  readonly logger: Logger;
}): HostReports {
  return {
    take(host, reports) {
      const ofTargets = reports.flatMap((each) => (each.kind === 'target-health' ? [each.report] : []));
      const ofNodes = reports.flatMap((each) => (each.kind === 'balancer-node' ? [each.report] : []));
      if (ofTargets.length === 0 && ofNodes.length === 0) return;
      store
        .update('dispatch', (tx) => {
          applyNodeReports(tx, host, ofNodes);
          applyTargetReports(tx, host, ofTargets);
        })
        .catch((error: unknown) => logger.warn('what a host reports could not be stored', { error: messageOf(error) }));
    },
  };
}

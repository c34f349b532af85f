import { applyTargetReports } from '#balancing';
import { type Logger, messageOf } from '#base';
import type { HostReports } from '#dispatch';
import type { RoadsteadStore } from '#store';

/**
 * Takes what hosts say of targets into the store. What the store refuses is said again by the hosts when they come back;
 * until then the health is what it was.
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
      if (ofTargets.length === 0) return;
      store
        .update('dispatch', (tx) => applyTargetReports(tx, host, ofTargets))
        .catch((error: unknown) => logger.warn('health of targets could not be stored', { error: messageOf(error) }));
    },
  };
}

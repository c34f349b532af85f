import type { DaemonTaskDefinition } from '#model';
import type { PresentedDaemonTaskDefinition } from './input.ts';

/** A daemon task definition as the API shows it; what was not given is absent. */
export function presentDaemonTaskDefinition(definition: DaemonTaskDefinition): PresentedDaemonTaskDefinition {
  const { accountId: _account, region: _region, tags: _tags, deletedAt: _at, ...shown } = definition;
  return shown;
}

/** A line of ListDaemonTaskDefinitions. */
export function presentDaemonTaskDefinitionSummary(definition: DaemonTaskDefinition) {
  const { daemonTaskDefinitionArn: arn, registeredAt, registeredBy, deleteRequestedAt, status } = definition;
  return { arn, registeredAt, registeredBy, ...(deleteRequestedAt === undefined ? {} : { deleteRequestedAt }), status };
}

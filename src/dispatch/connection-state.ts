import { afterMs, type Instant } from '#base';
import type { ContainerInstance, ContainerInstanceArn } from '#model';
import type { RoadsteadTx } from '#store';
import { defined } from './defined.ts';

/** What an agent says of itself as it connects. */
export interface AgentVersions {
  readonly agentVersion?: string;
  readonly agentHash?: string;
  /** As ECS shows it, e.g. `DockerVersion: 27.3.1`. */
  readonly dockerVersion?: string;
}

/**
 * The agent's control channel is open. Every connection is written, also one that follows the last at once: its
 * revision numbers the manifest. Gives `undefined` when the instance is gone or INACTIVE.
 */
export function markConnected(
  tx: RoadsteadTx,
  arn: ContainerInstanceArn,
  versions: AgentVersions,
  at: Instant,
): ContainerInstance | undefined {
  const instance = tx.containerInstances.find(arn);
  if (instance === undefined || instance.status === 'INACTIVE') return undefined;
  const { agentDisconnectedAt: _, silentSince: __, ...rest } = instance;
  const { agentVersion, agentHash, dockerVersion } = versions;
  const versionInfo = { ...instance.versionInfo, ...defined({ agentVersion, agentHash, dockerVersion }) };
  const differs = !instance.agentConnected || !sameVersions(instance.versionInfo, versionInfo);
  const last = instance.agentConnectedAt;
  const connected: ContainerInstance = {
    ...rest,
    agentConnected: true,
    // Two connections within one millisecond are two instants, so that the second is a change as well.
    agentConnectedAt: last !== undefined && last >= at ? afterMs(last, 1) : at,
    versionInfo: sameVersions(instance.versionInfo, versionInfo) ? instance.versionInfo : versionInfo,
    version: differs ? instance.version + 1 : instance.version,
  };
  tx.containerInstances.put(connected);
  return connected;
}

/** The agent has been away since `since`. */
export function markDisconnected(tx: RoadsteadTx, arn: ContainerInstanceArn, since: Instant): void {
  const instance = tx.containerInstances.find(arn);
  if (instance === undefined || !instance.agentConnected) return;
  const { silentSince: _, ...rest } = instance;
  tx.containerInstances.put({
    ...rest,
    agentConnected: false,
    agentDisconnectedAt: since,
    version: instance.version + 1,
  });
}

/** A connected agent has given no sign of life since an instant; `undefined`: it does again. */
export function markSilent(tx: RoadsteadTx, arn: ContainerInstanceArn, since: Instant | undefined): void {
  const instance = tx.containerInstances.find(arn);
  if (instance === undefined || !instance.agentConnected || instance.status === 'INACTIVE') return;
  const { silentSince, ...rest } = instance;
  if ((silentSince === undefined) === (since === undefined)) return;
  tx.containerInstances.put(since === undefined ? rest : { ...rest, silentSince: since });
}

function sameVersions(a: AgentVersions, b: AgentVersions): boolean {
  return a.agentVersion === b.agentVersion && a.agentHash === b.agentHash && a.dockerVersion === b.dockerVersion;
}

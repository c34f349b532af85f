import type { Daemon, Scope } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { resolveCluster } from '../cluster/resolve.ts';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import { ownArn, unexpectedArn } from '../references.ts';

export interface DaemonReference {
  readonly daemonArn: string;
  readonly clusterName: string;
}

/** Takes a daemon's ARN apart. InvalidParameterException for anything else, or another account's or region's. */
export function daemonFrom(scope: Scope, reference: string): DaemonReference {
  const { path } = ownArn(scope, reference, 'daemon', unexpectedArn);
  const [clusterName = '', ...name] = path;
  if (name.length !== 1) throw invalidParameter(unexpectedArn(reference));
  return { daemonArn: reference, clusterName };
}

/** A daemon that is there. ClusterNotFoundException before DaemonNotFoundException. */
export function findDaemon(view: RoadsteadView, scope: Scope, { daemonArn, clusterName }: DaemonReference): Daemon {
  resolveCluster(view, scope, clusterName);
  const daemon = view.daemons.find(daemonArn);
  if (daemon === undefined) throw new ApiError('DaemonNotFoundException', 'Daemon not found.');
  return daemon;
}

/** As {@link findDaemon}; DaemonNotActiveException for one that is being deleted. */
export function activeDaemon(view: RoadsteadView, scope: Scope, reference: DaemonReference): Daemon {
  const daemon = findDaemon(view, scope, reference);
  if (daemon.status !== 'ACTIVE') throw new ApiError('DaemonNotActiveException', 'Daemon was not ACTIVE.');
  return daemon;
}

/** The ARNs of one describe call: 1 to 20 of `<type>/<cluster>/<daemon>/<id>`. InvalidParameterException otherwise. */
export function daemonPartArns(
  scope: Scope,
  type: 'daemon-deployment' | 'daemon-revision',
  arns: readonly string[],
): readonly string[] {
  const label = type === 'daemon-deployment' ? 'Daemon Deployment Arns' : 'Daemon Revision Arns';
  if (arns.length === 0) throw invalidParameter(`${label} cannot be empty.`);
  if (arns.length > limits.describeDaemonItems) {
    throw invalidParameter(`${label} cannot have more than ${limits.describeDaemonItems} elements.`);
  }
  for (const arn of arns) {
    if (ownArn(scope, arn, type, unexpectedArn).path.length !== 3) throw invalidParameter(unexpectedArn(arn));
  }
  return arns;
}

/** What a describe call answers of those that are not there. */
export function missing(arns: readonly string[]): { arn: string; reason: string }[] {
  return arns.map((arn) => ({ arn, reason: 'MISSING' }));
}

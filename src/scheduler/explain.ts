import { type ContainerInstanceArn, shortId } from '#model';
import { maxExplainedHosts, maxExplanationLength } from './limits.ts';
import type { PlacementRequest, PlacementResult, Refusal, RefusalReason } from './types.ts';

/** One entry of RunTask's and StartTask's `failures[]`. */
export interface PlacementFailure {
  /** The container instance that was evaluated; absent for Fargate, whose hosts nobody sees. */
  readonly arn?: ContainerInstanceArn;
  readonly reason: string;
  readonly detail: string;
}

const fargateShortage =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';
const troubleshooting = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** What of a request the words depend on. */
type Asked = Pick<PlacementRequest, 'launchType' | 'capacityProvider'>;

/** A provider that has no instance that could take any task. Source: "API failure reasons" in the ECS developer guide. */
function providerLack(result: PlacementResult, capacityProvider: string): PlacementFailure | undefined {
  if (result.refusedHosts === 0) {
    return {
      reason: 'EMPTY CAPACITY PROVIDER',
      detail: `no container instance of the capacity provider ${capacityProvider} is registered`,
    };
  }
  if (result.refusals.some(({ host }) => host.status === 'ACTIVE')) return undefined;
  return {
    reason: 'NO ACTIVE INSTANCES',
    detail: `no container instance of the capacity provider ${capacityProvider} is ACTIVE`,
  };
}

/** Why a task could not be placed, in one word: the reason of a task that waited in vain. */
export function placementReason(result: PlacementResult, asked: Asked): string {
  return failuresOf(result, asked)[0]?.reason ?? 'EMPTY CAPACITY PROVIDER';
}

/**
 * The failures of a placement that fell short: one per instance, nearest match first; for Fargate a single one. Source: "API failures" in the ECS developer guide.
 */
export function failuresOf(result: PlacementResult, asked: Asked): readonly PlacementFailure[] {
  if (asked.launchType === 'FARGATE') return [{ reason: fargateShortage, detail: fargateDetail(result) }];
  const lack = asked.capacityProvider === undefined ? undefined : providerLack(result, asked.capacityProvider);
  if (lack !== undefined) return [lack];
  return result.refusals.map(({ host, refusal }) => ({
    arn: host.arn,
    reason: refusal.reason,
    detail: refusal.detail,
  }));
}

/**
 * The service event of a placement that fell short: ECS's sentence, then one of our own that names what was missing.
 * Source: "Amazon ECS service event messages" in the ECS developer guide.
 */
export function placementEvent(serviceName: string, asked: Asked, result: PlacementResult): string {
  const unable = `(service ${serviceName}) was unable to place a task`;
  if (asked.launchType === 'FARGATE')
    return `${unable}. Reason: ${fargateShortage}. ${sentence(fargateDetail(result))}`;
  if (asked.capacityProvider !== undefined && result.refusedHosts === 0) {
    return `(service ${serviceName}) was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.`;
  }
  const noneMet = `${unable} because no container instance met all of its requirements.`;
  const [closest] = result.refusals;
  // An instance that is not ACTIVE is none for ECS, yet the appended sentence still names it. ACTIVE ones are nearer.
  const why =
    closest === undefined || closest.host.status !== 'ACTIVE'
      ? 'Reason: No Container Instances were found in your cluster.'
      : `The closest matching (container-instance ${shortId(closest.host.arn)}) ${closestDetails[closest.refusal.reason]}.`;
  return [noneMet, why, troubleshooting, ...perInstance(result)].join(' ');
}

/** The same for machines: ECS's reason, absent where there was no instance to ask, and the instances it is about. */
export interface PlacementTrouble {
  readonly reason?: string;
  readonly containerInstanceArns?: readonly ContainerInstanceArn[];
}

export function placementTrouble(asked: Asked, result: PlacementResult): PlacementTrouble {
  if (asked.launchType === 'FARGATE') return { reason: 'RESOURCE:FARGATE' };
  const failures = failuresOf(result, asked).slice(0, maxExplainedHosts);
  const arns = failures.map(({ arn }) => arn).filter((arn) => arn !== undefined);
  return {
    ...(failures[0] === undefined ? {} : { reason: failures[0].reason }),
    ...(arns.length === 0 ? {} : { containerInstanceArns: arns }),
  };
}

/** How the event speaks of the closest match. */
const closestDetails: Readonly<Record<RefusalReason, string>> = {
  'RESOURCE:CPU': 'has insufficient CPU units available',
  'RESOURCE:MEMORY': 'has insufficient memory available',
  'RESOURCE:PORTS': 'is already using a port required by your task',
  'RESOURCE:PORTS_UDP': 'is already using a port required by your task',
  'RESOURCE:GPU': 'encountered error "RESOURCE:GPU"',
  'RESOURCE:ENI': 'encountered error "RESOURCE:ENI"',
  PROVIDER: 'encountered error "PROVIDER"',
  AGENT: "doesn't have the agent connected",
  ATTRIBUTE: 'is missing an attribute required by your task',
  LOCATION: 'encountered error "LOCATION"',
  DRAINING: 'encountered error "DRAINING"',
  INACTIVE: 'encountered error "INACTIVE"',
  'MemberOf placement constraint unsatisfied': 'encountered error "MemberOf placement constraint unsatisfied."',
  'DistinctInstance placement constraint unsatisfied':
    'encountered error "DistinctInstance placement constraint unsatisfied."',
};

/** Our own sentence: what was missing on each of the nearest instances. */
function perInstance({ refusals, refusedHosts }: PlacementResult): readonly string[] {
  if (refusals.length === 0) return [];
  const named = refusals
    .slice(0, maxExplainedHosts)
    .map(({ host, refusal }) => `(container-instance ${shortId(host.arn)}) ${shortened(refusal)}`);
  const more = refusedHosts - named.length;
  return [`By instance: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`];
}

/** What was missing on the nearest host of the pool, without a word on which host that is. */
function fargateDetail({ refusals: [nearest], refusedHosts }: PlacementResult): string {
  if (nearest === undefined) return 'no host has joined the Fargate pool';
  const where = refusedHosts === 1 ? 'the only host' : `the closest matching of ${refusedHosts} hosts`;
  return `${where} of the Fargate pool: ${shortened(nearest.refusal)}`;
}

function shortened({ detail }: Refusal): string {
  return detail.length <= maxExplanationLength ? detail : `${detail.slice(0, maxExplanationLength - 1)}…`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

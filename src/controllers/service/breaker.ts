import type { Ids, Instant } from '#base';
import { type Deployment, newDeploymentId, type Service } from '#model';
import { breakerMax, breakerMin, breakerPercent } from './limits.ts';
import { messages, rolloutReasons } from './messages.ts';

/** Failed tasks at which the circuit breaker opens: half the desired count, from 3 to 200. */
export function breakerThreshold(desiredCount: number): number {
  return Math.min(breakerMax, Math.max(breakerMin, Math.ceil((desiredCount * breakerPercent) / 100)));
}

/** A deployment that was given up. */
export interface Broken {
  readonly deployments: readonly Deployment[];
  /** The definition that is now the service's. */
  /** What the service runs from now on. */
  readonly settings: Pick<Service, 'taskDefinitionArn' | 'networkConfiguration' | 'capacityProviderStrategy'>;
  readonly events: readonly string[];
}

/**
 * Gives up a deployment whose tasks fail, when the service wants that; `undefined` when there is nothing to give up.
 * With `rollback`, a new deployment of the last completed one's settings takes its place; that one is not rolled back
 * to again until it completes. Without one to go back to, the failed deployment stays and starts nothing more.
 */
export function breakCircuit(
  service: Service,
  deployments: readonly Deployment[],
  context: { readonly now: Instant; readonly ids: Ids },
): Broken | undefined {
  const { enable, rollback } = service.deploymentConfiguration.deploymentCircuitBreaker;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  if (!enable || primary?.rolloutState !== 'IN_PROGRESS') return undefined;
  if (primary.failedTasks < breakerThreshold(service.desiredCount)) return undefined;
  const failed: Deployment = {
    ...primary,
    rolloutState: 'FAILED',
    rolloutStateReason: rolloutReasons.failed,
    updatedAt: context.now,
  };
  const events = [messages.failed(service.serviceName, primary.id)];
  const others = deployments.filter((deployment) => deployment !== primary);
  const target = rollback ? newest(others, 'COMPLETED') : undefined;
  if (target === undefined) {
    return { deployments: [failed, ...others], settings: settingsOf(service), events };
  }
  const reason = rolloutReasons.rollback(target.id);
  const used: Deployment = {
    ...target,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: reason,
    updatedAt: context.now,
  };
  return {
    deployments: [
      deploymentLike(target, reason, context),
      { ...failed, status: 'ACTIVE', desiredCount: 0 },
      ...others.map((deployment) => (deployment === target ? used : deployment)),
    ],
    settings: settingsOf(target),
    events: [...events, messages.rollback(service.serviceName, target.id)],
  };
}

function settingsOf(from: Broken['settings']): Broken['settings'] {
  const { taskDefinitionArn, networkConfiguration, capacityProviderStrategy } = from;
  return {
    taskDefinitionArn,
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
  };
}

/** The newest deployment in a state. */
export function newest(
  deployments: readonly Deployment[],
  rolloutState: Deployment['rolloutState'],
): Deployment | undefined {
  let last: Deployment | undefined;
  for (const deployment of deployments) {
    if (deployment.rolloutState !== rolloutState) continue;
    if (last === undefined || deployment.createdAt > last.createdAt) last = deployment;
  }
  return last;
}

function deploymentLike(
  target: Deployment,
  rolloutStateReason: string,
  context: { readonly now: Instant; readonly ids: Ids },
): Deployment {
  return {
    id: newDeploymentId(context.ids),
    status: 'PRIMARY',
    taskDefinitionArn: target.taskDefinitionArn,
    launchType: target.launchType,
    ...(target.capacityProviderStrategy === undefined
      ? {}
      : { capacityProviderStrategy: target.capacityProviderStrategy }),
    ...(target.platformVersion === undefined ? {} : { platformVersion: target.platformVersion }),
    ...(target.networkConfiguration === undefined ? {} : { networkConfiguration: target.networkConfiguration }),
    desiredCount: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason,
    createdAt: context.now,
    updatedAt: context.now,
  };
}

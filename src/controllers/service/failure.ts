import type { Ids, Instant } from '#base';
import {
  type Deployment,
  type DeploymentFailure,
  newDeploymentId,
  primaryDeployment,
  revisionIdOf,
  type Service,
  type ServiceDeployment,
  settingsOf,
} from '#model';
import { isWatched } from './alarms.ts';
import { isBroken } from './breaker.ts';
import { failureTexts, messages } from './messages.ts';
import type { ServiceView } from './view.ts';

/** A deployment that was given up. */
export interface GivenUp {
  readonly deployments: readonly Deployment[];
  /** What the service runs from now on. */
  readonly settings: Pick<
    Service,
    | 'taskDefinitionArn'
    | 'networkConfiguration'
    | 'capacityProviderStrategy'
    | 'volumeConfigurations'
    | 'serviceRegistries'
    | 'loadBalancers'
    | 'serviceConnectConfiguration'
  >;
  readonly events: readonly string[];
  /** The service deployment of a release, which turns back. */
  readonly staged?: ServiceDeployment;
}

/**
 * Gives the newest deployment up when a user, the circuit breaker or an alarm wants that; `undefined` when nothing is to
 * be given up. With rollback, a new deployment of the last completed one's revision takes its place; that one is not
 * rolled back to again until it completes. Without one to go back to, the failed deployment stays and starts nothing
 * more.
 */
export function giveUpFailed(
  view: Pick<ServiceView, 'service' | 'openServiceDeployments'>,
  deployments: readonly Deployment[],
  context: { readonly now: Instant; readonly ids: Ids },
): GivenUp | undefined {
  const { service } = view;
  const primary = primaryDeployment({ deployments });
  if (primary?.rolloutState !== 'IN_PROGRESS') return undefined;
  const failedBy = failureOf(view, primary);
  if (failedBy === undefined) return undefined;
  const texts = failureTexts[failedBy];
  const failed: Deployment = {
    ...primary,
    rolloutState: 'FAILED',
    rolloutStateReason: texts.failed,
    failedBy,
    updatedAt: context.now,
  };
  const events = texts.event === undefined ? [] : [messages.failed(service.serviceName, primary.id, texts.event)];
  const others = deployments.filter((deployment) => deployment !== primary);
  const target = wantsRollback(service, failedBy) ? newest(others, 'COMPLETED') : undefined;
  if (target === undefined) return { deployments: [failed, ...others], settings: serviceSettings(service), events };
  const reason = texts.rollback(target.id);
  const used: Deployment = {
    ...target,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: reason,
    updatedAt: context.now,
  };
  return {
    deployments: [
      rollbackTo(target, { reason, rollbackOf: primary.id }, context),
      { ...failed, status: 'ACTIVE', desiredCount: 0 },
      ...others.map((deployment) => (deployment === target ? used : deployment)),
    ],
    settings: serviceSettings(target),
    events: [...events, messages.rollback(service.serviceName, target.id)],
  };
}

/** Whether a user, the circuit breaker or an alarm wants the newest deployment given up. */
export function failureOf(
  { service, openServiceDeployments }: Pick<ServiceView, 'service' | 'openServiceDeployments'>,
  primary: Deployment,
): DeploymentFailure | undefined {
  const unwanted = openServiceDeployments.some(
    ({ deploymentId, status }) => deploymentId === primary.id && status === 'ROLLBACK_REQUESTED',
  );
  if (unwanted) return 'STOPPED';
  if (isBroken(service, primary)) return 'CIRCUIT_BREAKER';
  return isWatched(service, primary) && primary.triggeredAlarmNames !== undefined ? 'ALARM' : undefined;
}

/** Failures that no setting of the service leaves without a rollback. */
const decidedOtherwise: ReadonlySet<DeploymentFailure> = new Set(['STOPPED', 'HOOK', 'NETWORKING', 'STAGE']);

/** Whether a deployment that fails so is to be rolled back: as whatever noticed it says, and always when a user asks. */
export function wantsRollback(service: Service, failedBy: DeploymentFailure): boolean {
  const { deploymentCircuitBreaker, alarms } = service.deploymentConfiguration;
  if (decidedOtherwise.has(failedBy)) return true;
  return failedBy === 'ALARM' ? alarms?.rollback === true : deploymentCircuitBreaker.rollback;
}

/** What the service runs from now on, and nothing else. */
export function serviceSettings(from: GivenUp['settings']): GivenUp['settings'] {
  const { taskDefinitionArn, networkConfiguration, capacityProviderStrategy } = from;
  const { volumeConfigurations, serviceRegistries, loadBalancers, serviceConnectConfiguration } = from;
  return {
    ...(taskDefinitionArn === undefined ? {} : { taskDefinitionArn }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(volumeConfigurations === undefined ? {} : { volumeConfigurations }),
    ...(serviceRegistries === undefined ? {} : { serviceRegistries }),
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
    ...(serviceConnectConfiguration === undefined ? {} : { serviceConnectConfiguration }),
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

function rollbackTo(
  target: Deployment,
  { reason, rollbackOf }: { readonly reason: string; readonly rollbackOf: Deployment['id'] },
  context: { readonly now: Instant; readonly ids: Ids },
): Deployment {
  return {
    id: newDeploymentId(context.ids),
    status: 'PRIMARY',
    revisionId: revisionIdOf(target),
    rollbackOf,
    ...settingsOf(target),
    desiredCount: 0,
    failedTasks: 0,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: reason,
    createdAt: context.now,
    updatedAt: context.now,
  };
}

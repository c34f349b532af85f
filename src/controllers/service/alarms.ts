import type { Instant } from '#base';
import { type Deployment, primaryDeployment, type Scope, type Service } from '#model';
import { defaultBakeMs } from './limits.ts';

/** What an alarm says; as CloudWatch has it. */
type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Whoever knows the alarms of accounts. */
export interface AlarmStates {
  /** `undefined` when there is no alarm of that name. Read inside a transaction: from memory, at once. */
  find(scope: Scope, alarmName: string): AlarmState | undefined;
}

/**
 * Looks at the alarms of the newest deployment while it is IN_PROGRESS. The first look decides whether they are watched:
 * one that is in ALARM already, or that no alarm of those named exists, leaves the deployment without. Later looks note
 * those that went into ALARM. Source: "How CloudWatch alarms detect Amazon ECS deployment failures".
 */
export function watchAlarms(
  service: Service,
  deployments: readonly Deployment[],
  alarms: AlarmStates,
): readonly Deployment[] {
  const configuration = service.deploymentConfiguration.alarms;
  const primary = primaryDeployment({ deployments });
  if (configuration?.enable !== true || primary?.rolloutState !== 'IN_PROGRESS') return deployments;
  if (primary.alarmsWatched === false) return deployments;
  const states = configuration.alarmNames.map((name) => ({ name, state: alarms.find(service, name) }));
  const ringing = states.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
  const looked = (after: Deployment): readonly Deployment[] =>
    deployments.map((deployment) => (deployment === primary ? after : deployment));
  if (primary.alarmsWatched === undefined) {
    const alarmsWatched = ringing.length === 0 && states.some(({ state }) => state !== undefined);
    return looked({ ...primary, alarmsWatched });
  }
  return ringing.length === 0 ? deployments : looked({ ...primary, triggeredAlarmNames: ringing });
}

/** Whether alarms may still fail the deployment. */
export function isWatched({ deploymentConfiguration }: Service, deployment: Deployment | undefined): boolean {
  const enabled = deploymentConfiguration.alarms?.enable === true;
  return enabled && deployment?.rolloutState === 'IN_PROGRESS' && deployment.alarmsWatched === true;
}

/** How long a deployment with alarms goes on after its tasks have taken over, ms. */
export function bakeMs(service: Pick<Service, 'deploymentConfiguration'>): number {
  const { bakeTimeInMinutes } = service.deploymentConfiguration;
  return bakeTimeInMinutes === undefined ? defaultBakeMs : bakeTimeInMinutes * 60_000;
}

/** The deployment, whose tasks have taken over: from now on, or from before, it bakes. */
export function baking(deployment: Deployment, now: Instant): Deployment & { readonly bakeStartedAt: Instant } {
  return { ...deployment, bakeStartedAt: deployment.bakeStartedAt ?? now };
}

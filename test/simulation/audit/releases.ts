import type { LifecycleHookState, ReleaseStage, Service, ServiceDeployment } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/** As the developer guide has them; the product's own list is not asked. */
const order = [
  'RECONCILE_SERVICE PRE_SCALE_UP SCALE_UP POST_SCALE_UP TEST_TRAFFIC_SHIFT POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT PRODUCTION_TRAFFIC_SHIFT POST_PRODUCTION_TRAFFIC_SHIFT BAKE_TIME CLEAN_UP',
].flatMap((line) => line.split(' '));
const open = ['PENDING', 'IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

/** Releases take every stage in order, each once its hooks are answered, and shift traffic only where they may. */
export class Releases implements Check {
  check({ table, before, after }: RecordChange): void {
    if (table !== 'serviceDeployments' || after === undefined) return;
    const now = after as ServiceDeployment;
    const earlier = before as ServiceDeployment | undefined;
    const refuse = (message: string): never => {
      throw new Violation('a release takes its stages in order', `${now.serviceDeploymentArn} ${message}`, [
        now.serviceArn,
        now.serviceDeploymentArn,
      ]);
    };
    const { stage } = now;
    if (stage === undefined) return;
    if (now.release === undefined) return refuse('rolls and has stages');
    checkWeights(now, stage, refuse);
    const was = earlier?.stage;
    if (was === undefined || was === stage || stage.failure !== undefined) return;
    if (rank(stage) === rank(was) && stage.step === was.step) return;
    const waiting = waitingAt(now.lifecycleHooks ?? [], was);
    if (waiting !== undefined) refuse(`leaves ${was.lifecycleStage} while ${waiting.hookId} waits`);
    const again = rank(stage) === order.indexOf('PRE_PRODUCTION_TRAFFIC_SHIFT') && stage.step === was.step + 1;
    if (!again && rank(stage) !== rank(was) + 1) refuse(`goes from ${was.lifecycleStage} to ${stage.lifecycleStage}`);
    if (again && was.lifecycleStage !== 'PRODUCTION_TRAFFIC_SHIFT') refuse('shifts again too soon');
  }
}

function rank({ lifecycleStage }: ReleaseStage): number {
  return order.indexOf(lifecycleStage);
}

function waitingAt(hooks: readonly LifecycleHookState[], { lifecycleStage }: ReleaseStage) {
  return hooks.find((hook) => hook.lifecycleStage === lifecycleStage && hook.status === 'AWAITING_ACTION');
}

/** Production traffic shifts from its stage on and never back but in a rollback; all of it has shifted in the bake. */
function checkWeights(
  record: ServiceDeployment,
  { weights: { production, test }, failure, ...stage }: ReleaseStage,
  refuse: (message: string) => never,
): void {
  const at = order.indexOf(stage.lifecycleStage);
  if (![production, test].every((percent) => percent >= 0 && percent <= 100)) refuse(`has ${production} and ${test} %`);
  if (failure !== undefined) {
    const back = record.status === 'ROLLBACK_IN_PROGRESS';
    if (back && record.rollback?.serviceRevisionArn !== undefined && production > 0) refuse('rolls back with traffic');
    return;
  }
  const shift = order.indexOf('PRODUCTION_TRAFFIC_SHIFT');
  if (production > 0 && at < shift && stage.step === 0) refuse(`has ${production} % in ${stage.lifecycleStage}`);
  if (production !== 100 && at > shift) refuse(`has ${production} % in ${stage.lifecycleStage}`);
  if (test !== 100 && at >= order.indexOf('TEST_TRAFFIC_SHIFT')) refuse(`tests with ${test} %`);
}

/** A release of a service that is under way. */
export interface ReleaseUnderWay {
  readonly record: ServiceDeployment & { readonly stage: ReleaseStage };
  /** Deployments each kept as if they had the service to themselves; absent: all together are as in a rolling one. */
  readonly apart: ReadonlySet<string> | undefined;
}

/** The release of the service's newest deployment, or the rollback of it. */
export function releaseOf(service: Service, replica: Replica): ReleaseUnderWay | undefined {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
  for (const record of replica.table<string>('serviceDeployments').values() as Iterable<ServiceDeployment>) {
    if (record.serviceArn !== service.serviceArn || !open.includes(record.status)) continue;
    const { stage, deploymentId } = record;
    if (stage === undefined) continue;
    const back = primary?.rollbackOf === deploymentId && record.status === 'ROLLBACK_IN_PROGRESS';
    if (!back && primary?.id !== deploymentId) continue;
    const kept = back ? [primary.id] : [deploymentId, ...(stage.sourceId === undefined ? [] : [stage.sourceId])];
    const apart = stage.lifecycleStage === 'CLEAN_UP' ? undefined : new Set<string>(kept);
    return { record: { ...record, stage }, apart };
  }
  return undefined;
}

/** Whether it only waits for somebody, or for time to pass. */
export function waits(release: ReleaseUnderWay | undefined): boolean {
  if (release === undefined) return false;
  const { stage, lifecycleHooks = [] } = release.record;
  return stage.bakeStartedAt !== undefined || lifecycleHooks.some(({ status }) => status === 'AWAITING_ACTION');
}

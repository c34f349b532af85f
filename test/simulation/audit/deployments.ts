import type { Deployment, Service, ServiceDeployment, ServiceRevision, Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import { releaseOf } from './releases.ts';
import type { RecordChange } from './replica.ts';

/** As the developer guide has it; the product's own table is not asked. */
const legal: Readonly<Record<string, string>> = {
  PENDING: 'IN_PROGRESS ROLLBACK_REQUESTED STOP_REQUESTED STOPPED',
  IN_PROGRESS: 'SUCCESSFUL STOP_REQUESTED ROLLBACK_REQUESTED ROLLBACK_IN_PROGRESS STOPPED',
  STOP_REQUESTED: 'STOPPED',
  ROLLBACK_REQUESTED: 'ROLLBACK_IN_PROGRESS SUCCESSFUL STOPPED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_SUCCESSFUL ROLLBACK_FAILED',
};
const running = ['PENDING', 'IN_PROGRESS', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

/** Deployments, their revisions and the service deployments that tell of them agree; the circuit breaker keeps its word. */
export class Deployments implements Check {
  /** Service deployments that run, by service. */
  readonly #running = new Map<string, Set<string>>();

  check({ table, before, after }: RecordChange, context: CommitContext): void {
    if (table === 'serviceDeployments') {
      this.#checkServiceDeployment(before, after, context);
      if (before !== undefined && after === undefined) checkForgotten(before as ServiceDeployment, context);
    }
    if (table === 'serviceRevisions' && before !== undefined) {
      if (after === undefined) checkForgotten(before as ServiceRevision, context);
      else checkSettled(before as ServiceRevision, after as ServiceRevision);
    }
    if (table === 'services' && after !== undefined) checkService(before, after as Service, context);
    if (table === 'tasks' && before === undefined && after !== undefined) checkPinned(after as Task, context);
  }

  #checkServiceDeployment(
    before: ServiceDeployment | undefined,
    after: ServiceDeployment | undefined,
    context: CommitContext,
  ): void {
    const record = (after ?? before) as ServiceDeployment;
    const { serviceArn, serviceDeploymentArn: arn } = record;
    const own = this.#running.get(serviceArn) ?? new Set();
    this.#running.set(serviceArn, own);
    if (after === undefined || !running.includes(after.status)) own.delete(arn);
    else own.add(arn);
    if (after === undefined) return;
    const move = `${before?.status ?? 'nothing'} to ${after.status}`;
    const may = before === undefined ? 'PENDING' : `${before.status} ${legal[before.status] ?? ''}`;
    if (!may.split(' ').includes(after.status)) {
      throw new Violation('statuses only move forward', `${arn} goes from ${move}`, [serviceArn, arn]);
    }
    if ((legal[after.status] === undefined) !== (after.figures !== undefined)) {
      throw new Violation('an end keeps its figures', `${arn} is ${after.status}`, [serviceArn, arn]);
    }
    if (before === undefined) checkNew(after, context);
    if (before?.status !== after.status && after.status.endsWith('SUCCESSFUL')) checkSuccess(after, context);
  }

  checkAll(context: CommitContext): void {
    for (const { table, after } of context.transaction.changes) {
      if (table !== 'serviceDeployments' || after === undefined) continue;
      const { serviceArn } = after as ServiceDeployment;
      const own = this.#running.get(serviceArn);
      if (own === undefined || own.size < 2) continue;
      const message = `${serviceArn} has ${own.size} service deployments in progress`;
      throw new Violation('one service deployment at a time', message, [serviceArn, ...own]);
    }
  }
}

function number(of: string): string {
  return of.slice(of.lastIndexOf('/') + 1);
}

/** Its number is that of its deployment and of the revision, which are made with it. */
function checkNew(record: ServiceDeployment, { replica }: CommitContext): void {
  const { serviceArn, targetServiceRevisionArn: target, deploymentId, serviceDeploymentArn } = record;
  const service = replica.table('services').get(serviceArn);
  const primary = service?.deployments.find(({ status }) => status === 'PRIMARY');
  const agrees =
    number(target) === number(deploymentId) &&
    primary?.id === deploymentId &&
    service?.currentServiceDeploymentArn === serviceDeploymentArn &&
    replica.table('serviceRevisions').has(target);
  if (agrees) return;
  const message = `${serviceDeploymentArn} is of ${deploymentId} and ${target}; the service rolls out ${primary?.id}`;
  throw new Violation('deployments and revisions agree', message, [serviceArn]);
}

/** A release succeeds with its deployment, a rollback with the one that undoes it. */
function checkSuccess(record: ServiceDeployment, { replica }: CommitContext): void {
  const { serviceArn, deploymentId, status } = record;
  const deployments = replica.table('services').get(serviceArn)?.deployments ?? [];
  const decisive = deployments.find(({ id, rollbackOf }) =>
    status === 'SUCCESSFUL' ? id === deploymentId : rollbackOf === deploymentId,
  );
  if (decisive?.rolloutState === 'COMPLETED') return;
  const message = `${record.serviceDeploymentArn} is ${status}, ${decisive?.id} is ${decisive?.rolloutState}`;
  throw new Violation('deployments and revisions agree', message, [serviceArn]);
}

/** Nothing of a revision changes but that its images are settled, once, and its load balancers are found, once. */
function checkSettled(before: ServiceRevision, after: ServiceRevision): void {
  const withoutDigests = ({ containerImages, ...rest }: ServiceRevision): string =>
    JSON.stringify([rest, containerImages.map(({ containerName, image }) => [containerName, image])]);
  if (before.resolvedLoadBalancers === undefined && after.resolvedLoadBalancers !== undefined) {
    const { resolvedLoadBalancers: _, ...rest } = after;
    if (JSON.stringify(rest) === JSON.stringify(before)) return;
  }
  const isSettled = before.containerImages.some(({ imageDigest }) => imageDigest !== undefined);
  if (!isSettled && withoutDigests(before) === withoutDigests(after)) return;
  throw new Violation('revisions never change', `${before.serviceRevisionArn} changes`, [before.serviceArn]);
}

/** A new task runs the images that its revision has, if they are settled. */
function checkPinned(task: Task, { replica }: CommitContext): void {
  const service = replica.table('services').get(task.serviceArn ?? '');
  const deployment = service?.deployments.find(({ id }) => id === task.deploymentId);
  if (service === undefined || deployment === undefined) return;
  const revision = replica.table<string>('serviceRevisions').get(revisionArn(service, deployment)) as
    | ServiceRevision
    | undefined;
  for (const { name, pinnedDigest } of task.containers) {
    const settled = revision?.containerImages.find(({ containerName }) => containerName === name)?.imageDigest;
    // The look that makes the task may settle them as well, for those after it.
    if (pinnedDigest === settled || pinnedDigest === undefined) continue;
    const message = `${task.taskArn} runs ${name} ${pinnedDigest}, its revision has ${settled}`;
    throw new Violation('a revision runs one image', message, [task.taskArn, service.serviceArn]);
  }
}

function revisionArn({ serviceArn }: Service, { id, revisionId }: Deployment): string {
  return `${serviceArn.replace(':service/', ':service-revision/')}/${number(revisionId ?? id)}`;
}

/** History goes with its service, or after 90 days, which no run lasts. */
function checkForgotten(
  record: Pick<ServiceDeployment | ServiceRevision, 'serviceArn'>,
  { replica, transaction }: CommitContext,
): void {
  const { serviceArn } = record;
  const change = transaction.changes.find(({ table, key }) => table === 'services' && key === serviceArn);
  const service = change === undefined ? replica.table('services').get(serviceArn) : (change.before as Service);
  if (service === undefined || service.status === 'INACTIVE') return;
  throw new Violation('nothing acknowledged is lost', `history of ${serviceArn} is gone`, [serviceArn]);
}

function checkService(before: Service | undefined, after: Service, context: CommitContext): void {
  const { serviceArn, status, deployments } = after;
  const primaries = deployments.filter((each) => each.status === 'PRIMARY');
  const wanted = after.deploymentController === undefined ? 1 : 0;
  if (status === 'ACTIVE' && primaries.length !== wanted) {
    throw new Violation('one deployment is PRIMARY', `${serviceArn} has ${primaries.length}`, [serviceArn]);
  }
  for (const deployment of deployments) {
    const earlier = before?.deployments.find(({ id }) => id === deployment.id);
    if (earlier === undefined) checkRevision(after, deployment, context);
    if (before === undefined || earlier === undefined) continue;
    checkBreaker({ before, after, earlier, deployment }, context);
  }
}

/** Every deployment runs a revision that is there and says the same. */
function checkRevision(service: Service, deployment: Deployment, { replica }: CommitContext): void {
  const { serviceArn } = service;
  const arn = revisionArn(service, deployment);
  const revision = replica.table('serviceRevisions').get(arn) as ServiceRevision | undefined;
  if (revision?.taskDefinitionArn === deployment.taskDefinitionArn) return;
  const message = `${deployment.id} runs ${deployment.taskDefinitionArn}, its revision ${arn} ${revision?.taskDefinitionArn}`;
  throw new Violation('deployments and revisions agree', message, [serviceArn]);
}

/** It opens at its threshold and not before, unless a user stopped the deployment; and at the look that sees it. */
function checkBreaker(
  change: {
    readonly before: Service;
    readonly after: Service;
    readonly earlier: Deployment;
    readonly deployment: Deployment;
  },
  { replica, transaction }: CommitContext,
): void {
  const { after, earlier, deployment } = change;
  const { serviceArn, desiredCount, deploymentConfiguration } = after;
  const { enable } = deploymentConfiguration.deploymentCircuitBreaker;
  const threshold = thresholdOf(after);
  const reached = enable && deployment.failedTasks >= threshold;
  const refuse = (message: string): never => {
    const failures = `${deployment.failedTasks} of ${threshold} failed, ${desiredCount} wanted`;
    throw new Violation(
      'the circuit breaker keeps its word',
      `${serviceArn} ${deployment.id} ${message}: ${failures}`,
      [serviceArn],
    );
  };
  if (deployment.rolloutState === 'IN_PROGRESS' && deployment.failedTasks < earlier.failedTasks) {
    const { resetOnHealthyTask = true } = deploymentConfiguration.deploymentCircuitBreaker;
    // What is replaced at the same look counts from there on.
    const replaced = transaction.changes.filter(({ table, before, after: then }) => {
      const [was, is] = [before as Task | undefined, then as Task | undefined];
      const stops = was?.desiredStatus === 'RUNNING' && is?.desiredStatus === 'STOPPED';
      return table === 'tasks' && stops && is.deploymentId === deployment.id;
    });
    if (!resetOnHealthyTask || deployment.failedTasks > replaced.length)
      refuse(`forgets some of ${earlier.failedTasks}`);
    // The very look that sees it healthy may stop it.
    const seen = transaction.changes.flatMap(({ table, before }) => (table === 'tasks' ? [before as Task] : []));
    const runs = [...replica.table('tasks').values(), ...seen].some(
      (task: Task | undefined) => task?.deploymentId === deployment.id && task.lastStatus === 'RUNNING',
    );
    if (!runs) refuse(`forgets ${earlier.failedTasks} without a healthy task`);
  }
  if (deployment.rolloutState === 'FAILED' && earlier.rolloutState !== 'FAILED') {
    const stopped = [...replica.table<string>('serviceDeployments').values()].some(
      (record: ServiceDeployment) =>
        record.serviceArn === serviceArn && record.deploymentId === deployment.id && record.rollback !== undefined,
    );
    const asked = ['STOPPED', 'HOOK', 'STAGE'].includes(deployment.failedBy ?? '');
    if (!reached && !(asked && stopped)) refuse('is FAILED');
  }
  const looked = transaction.writer === 'service' && after.status === 'ACTIVE';
  if (!looked || deployment.status !== 'PRIMARY' || deployment.rolloutState !== 'IN_PROGRESS') return;
  // Where the tasks before it go there is no way back.
  const cleansUp = releaseOf(after, replica)?.record.stage.lifecycleStage === 'CLEAN_UP';
  if (reached && earlier.failedTasks >= threshold && !cleansUp) refuse('goes on');
}

function thresholdOf({ desiredCount, deploymentConfiguration }: Service): number {
  const breaker = deploymentConfiguration.deploymentCircuitBreaker;
  const { type, value } = breaker.thresholdConfiguration ?? { type: 'BOUNDED_PERCENT', value: 50 };
  if (type === 'COUNT') return value;
  let share = 0;
  while (share * 100 < desiredCount * value) share++;
  return type === 'UNBOUNDED_PERCENT' ? Math.max(share, 1) : Math.min(Math.max(share, 3), 200);
}

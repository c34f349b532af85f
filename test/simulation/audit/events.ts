import { unreachable } from '#base';
import type { EcsEvent, Service, ServiceDeployment, Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';

/**
 * What happens is told, once, in the very commit: each version of a task and of a user's host, each task that a host
 * gets or loses, each deployment that begins, completes or fails. A version rises whenever a status changes, and never falls.
 */
export class Events implements Check {
  check({ table, key, before, after }: RecordChange): void {
    if ((table !== 'tasks' && table !== 'containerInstances') || before === undefined || after === undefined) return;
    if (after.version < before.version) throw new Violation('versions rise', `${key} goes back a version`, [key]);
    const moved =
      after.status !== before.status ||
      after.lastStatus !== before.lastStatus ||
      after.desiredStatus !== before.desiredStatus;
    if (!moved || after.version > before.version) return;
    throw new Violation('versions rise', `${key} has another status and the same version ${after.version}`, [key]);
  }

  checkAll({ transaction, replica }: CommitContext): void {
    const told = new Map<string, number>();
    const hosts = new Set<string>();
    for (const { table, before, after } of transaction.changes) {
      if (table !== 'events' || before !== undefined || after === undefined) continue;
      const what = nameOf(after);
      told.set(what, (told.get(what) ?? 0) + 1);
      if (after.detailType === 'ECS Container Instance State Change') hosts.add(after.instance.containerInstanceArn);
    }
    for (const arn of transaction.changes.flatMap(otherLoads)) {
      const host = replica.table('containerInstances').get(arn);
      if (hosts.has(arn) || host === undefined || host.pool !== undefined || host.status === 'INACTIVE') continue;
      throw new Violation('what happens is told once', `${arn} gets or loses a task and nobody is told`, [arn]);
    }
    for (const what of transaction.changes.flatMap(dueFor)) {
      const times = told.get(what) ?? 0;
      if (times === 1) continue;
      throw new Violation('what happens is told once', `${what} is told ${times} times`, [what.split(' ')[0] ?? '']);
    }
  }
}

/** The hosts that a change gives a task, or takes one from. */
function otherLoads({ table, before, after }: RecordChange): string[] {
  if (table !== 'tasks') return [];
  const hostOf = (task: Task | undefined): string | undefined =>
    task === undefined || task.lastStatus === 'STOPPED' ? undefined : task.hostArn;
  const [from, to] = [hostOf(before as Task | undefined), hostOf(after as Task | undefined)];
  return from === to ? [] : [from, to].filter((arn) => arn !== undefined);
}

function nameOf(event: EcsEvent): string {
  switch (event.detailType) {
    case 'ECS Task State Change':
      return `${event.task.taskArn} ${event.task.version} ${event.task.lastStatus} ${event.task.desiredStatus}`;
    case 'ECS Container Instance State Change':
      return `${event.instance.containerInstanceArn} ${event.instance.version}`;
    case 'ECS Deployment State Change':
      return `${event.serviceArn} ${event.deploymentId} ${event.eventName}`;
    case 'ECS Hook State Change':
      return `${event.serviceDeploymentArn} ${event.hook.hookId} ${event.eventName}`;
    case 'ECS Container Instance Health Change':
    case 'ECS Service Action':
    case 'ECS Daemon Service Action':
    case 'ECS Daemon Deployment State Change':
      return event.detailType;
    default:
      return unreachable(event);
  }
}

/** The events that a change must have caused. */
function dueFor({ table, key, before, after }: RecordChange): string[] {
  if (after === undefined) return [];
  if (table === 'tasks') {
    const { version, lastStatus, desiredStatus, stopCode } = after as unknown as Task;
    if (version === before?.version) return [];
    const interrupted = stopCode === 'SpotInterruption' && before?.desiredStatus === 'RUNNING';
    const notice = interrupted ? [`${key} ${version - 1} ${before.lastStatus} STOPPED`] : [];
    return [...notice, `${key} ${version} ${lastStatus} ${desiredStatus}`];
  }
  if (table === 'containerInstances') {
    return after.pool !== undefined || after.version === before?.version ? [] : [`${key} ${after.version}`];
  }
  if (table === 'serviceDeployments') {
    const earlier = new Map(
      (before as ServiceDeployment | undefined)?.lifecycleHooks?.map((hook) => [hook.hookId, hook]),
    );
    return ((after as unknown as ServiceDeployment).lifecycleHooks ?? []).flatMap(({ hookId, status }) =>
      earlier.get(hookId)?.status === status ? [] : [`${key} ${hookId} HOOK_${status}`],
    );
  }
  if (table !== 'services') return [];
  const earlier = new Map(
    (before as Service | undefined)?.deployments.map(({ id, rolloutState }) => [id, rolloutState]),
  );
  return (after as unknown as Service).deployments.flatMap(({ id, rolloutState }) => {
    const was = earlier.get(id);
    if (was === rolloutState || (was !== undefined && rolloutState === 'IN_PROGRESS')) return [];
    return [`${key} ${id} SERVICE_DEPLOYMENT_${rolloutState}`];
  });
}

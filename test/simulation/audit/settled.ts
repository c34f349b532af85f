import { type Service, type Task } from '#model';
import type { RoadsteadView } from '#store';
import type { Host } from '../world/host.ts';
import { otherwiseThanRecorded } from './host-documents.ts';
import { misnamed } from './names.ts';
import type { Replica } from './replica.ts';
import { misdirected, mistargeted } from './targets.ts';
import { setsOf } from './task-sets.ts';
import { unevenZones } from './zones.ts';

/**
 * What keeps the world from being as it should be when nothing goes wrong any longer: every service steady, everything
 * that is wanted running where the records say, and nothing else. Empty when all is well.
 */
export function unsettled(replica: Replica, hosts: readonly Host[], view: RoadsteadView | undefined): string[] {
  const reasons: string[] = [];
  const byService = new Map<string, Task[]>();
  const running = new Map<string, string | undefined>();
  for (const { agent } of hosts) for (const arn of agent.runningTasks) running.set(arn, agent.containerInstanceArn);
  for (const task of replica.table('tasks').values()) {
    if (task.serviceArn !== undefined && task.desiredStatus === 'RUNNING') {
      byService.set(task.serviceArn, [...(byService.get(task.serviceArn) ?? []), task]);
    }
    reasons.push(...whyTask(task, running));
  }
  for (const [arn, host] of running) {
    const task = replica.table('tasks').get(arn);
    if (task === undefined) reasons.push(`task ${arn} runs on ${host} and nothing is known of it`);
    else if (task.desiredStatus !== 'RUNNING') reasons.push(`task ${arn} runs on ${host} and is ${task.lastStatus}`);
  }
  for (const service of replica.table('services').values()) {
    const tasks = byService.get(service.serviceArn) ?? [];
    reasons.push(
      ...(service.deploymentController === undefined
        ? whyService(service, tasks, replica)
        : whySets(service, tasks, replica)),
    );
  }
  for (const record of replica.table<string>('serviceDeployments').values()) {
    if (record.figures === undefined) reasons.push(`${record.serviceDeploymentArn} is ${record.status}`);
  }
  for (const eni of replica.table('networkInterfaces').values()) {
    if (eni.taskArn === undefined) continue;
    const task = replica.table('tasks').get(eni.taskArn);
    if (task?.desiredStatus !== 'RUNNING') reasons.push(`${eni.privateIpv4Address} is held for ${eni.taskArn}`);
  }
  for (const { taskArn, why } of misnamed(replica)) reasons.push(`${taskArn} ${why}`);
  reasons.push(...mistargeted(replica), ...misdirected(replica));
  if (view === undefined) reasons.push('the control plane does not run');
  else for (const { why } of otherwiseThanRecorded(view, hosts)) reasons.push(why);
  return [...reasons, ...whyHosts(replica, hosts)];
}

function whyTask(task: Task, running: ReadonlyMap<string, string | undefined>): string[] {
  const { taskArn, lastStatus, desiredStatus, hostArn } = task;
  if (lastStatus === 'STOPPED') return [];
  if (desiredStatus !== 'RUNNING' || lastStatus !== 'RUNNING')
    return [`task ${taskArn} is ${lastStatus}, wanted ${desiredStatus}`];
  if (running.get(taskArn) !== hostArn) return [`task ${taskArn} is RUNNING on ${hostArn} and does not run there`];
  return [];
}

function whyService(service: Service, tasks: readonly Task[], replica: Replica): string[] {
  const { serviceArn: arn, status, desiredCount, deployments, steadySince } = service;
  if (status === 'INACTIVE') return [];
  if (status === 'DRAINING') return [`service ${arn} is DRAINING`];
  const states = deployments.map((each) => `${each.status} ${each.rolloutState} ${each.desiredCount}`).join(', ');
  const said = deployments[0]?.troubles?.at(-1)?.message ?? '';
  if (tasks.length !== desiredCount) {
    return [`service ${arn} has ${tasks.length} of ${desiredCount} tasks (${states}) ${said}`];
  }
  if (deployments.length !== 1 || deployments[0]?.rolloutState !== 'COMPLETED')
    return [`service ${arn} rolls: ${states}`];
  if (deployments[0].desiredCount !== desiredCount) return [`service ${arn} asks its deployment for ${states}`];
  if (steadySince === undefined) return [`service ${arn} does not say it is steady`];
  const uneven = unevenZones(service, replica);
  return uneven === undefined ? [] : [`service ${arn} has ${uneven}`];
}

function whySets(service: Service, tasks: readonly Task[], replica: Replica): string[] {
  const { serviceArn, status, steadySince } = service;
  if (status === 'INACTIVE') return [];
  if (status === 'DRAINING') return [`service ${serviceArn} is DRAINING`];
  const sets = setsOf(service, replica);
  const reasons = sets.flatMap((taskSet) => {
    const { taskSetArn: arn, id, computedDesiredCount: wanted, stabilityStatus } = taskSet;
    if (taskSet.status === 'DRAINING') return [`task set ${arn} is DRAINING`];
    const own = tasks.filter((task) => task.deploymentId === id).length;
    const said = taskSet.troubles?.at(-1)?.message ?? '';
    return own === wanted && stabilityStatus === 'STEADY_STATE'
      ? []
      : [`task set ${arn} has ${own} of ${wanted} ${said}`];
  });
  const total = sets.reduce((sum, taskSet) => sum + taskSet.computedDesiredCount, 0);
  if (total !== tasks.length) reasons.push(`service ${serviceArn} has ${tasks.length} tasks, its sets ${total}`);
  if (sets.length > 0 && steadySince === undefined) reasons.push(`service ${serviceArn} does not say it is steady`);
  return reasons;
}

function whyHosts(replica: Replica, hosts: readonly Host[]): string[] {
  const reasons: string[] = [];
  const known = new Set(hosts.map(({ agent }) => agent.containerInstanceArn));
  for (const { containerInstanceArn: arn, status } of replica.table('containerInstances').values()) {
    if (status !== 'INACTIVE' && !known.has(arn)) reasons.push(`host ${arn} is ${status} and is no more`);
  }
  for (const { plan, agent } of hosts) {
    const instance = replica.table('containerInstances').get(agent.containerInstanceArn ?? '');
    const there = instance?.status === 'ACTIVE' && instance.agentConnected && instance.lostAt === undefined;
    if (!there) reasons.push(`host ${plan.id} (${agent.containerInstanceArn}) is not ACTIVE and connected`);
  }
  return reasons;
}

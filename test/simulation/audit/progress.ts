import { afterMs, type Instant } from '#base';
import { defaultControllerSettings } from '#controllers';
import { isProtected, type Service, type Task, waitsForInstance } from '#model';
import type { Host } from '../world/host.ts';
import type { Incarnation } from '../world/incarnation.ts';
import type { Machine } from '../world/machine.ts';
import { Violation } from '../world/violation.ts';
import { otherwiseThanRecorded } from './host-documents.ts';
import { misnamed } from './names.ts';
import { releaseOf, waits } from './releases.ts';
import type { Replica } from './replica.ts';
import { takesTraffic } from './targets.ts';
import { setsOf } from './task-sets.ts';
import { unevenZones } from './zones.ts';

/** Looks in a row, half a minute apart, at which the same thing may be due: everything is repeated within two minutes. */
const patience = 12;

/** Whether what is due gets done, also while faults happen elsewhere: nothing waits for a restart to be remembered. */
export class Progress {
  /** How often in a row each thing was due. */
  #due = new Map<string, number>();
  #process: Incarnation | undefined;

  look(hosts: readonly Host[], replica: Replica, machine: Machine): void {
    const troubled = machine.process?.plane === undefined || machine.process !== this.#process;
    this.#process = machine.process;
    const before = this.#due;
    this.#due = new Map();
    if (troubled || machine.disk.troubled) return;
    const byArn = new Map(hosts.map((host) => [host.agent.containerInstanceArn, host]));
    const present = new Map<string, Task[]>();
    for (const task of replica.table('tasks').values()) {
      if (task.lastStatus === 'STOPPED') continue;
      const what = waitsForInstance(task)
        ? dueForWaiting(task, machine.clock.now())
        : dueFor(task, byArn.get(task.hostArn));
      if (what !== undefined) this.#note(before, `${task.taskArn} ${what}`, task.taskArn);
      if (task.serviceArn === undefined || task.desiredStatus !== 'RUNNING') continue;
      const instance = replica.table('containerInstances').get(task.hostArn ?? '');
      if (instance === undefined || instance.lostAt !== undefined) continue;
      present.set(task.serviceArn, [...(present.get(task.serviceArn) ?? []), task]);
    }
    for (const service of replica.table('services').values()) {
      const due = service.deploymentController === undefined ? dueForService : dueForSets;
      const what = due(service, present.get(service.serviceArn) ?? [], replica, machine.clock.now());
      if (what !== undefined) this.#note(before, `${service.serviceArn} ${what}`, service.serviceArn);
    }
    for (const { taskArn, why } of misnamed(replica)) this.#note(before, `${taskArn} ${why}`, taskArn);
    const view = machine.process?.plane?.store.view;
    const calm = hosts.filter(({ peer }) => !peer.troubled);
    if (view === undefined) return;
    for (const { host, why } of otherwiseThanRecorded(view, calm)) this.#note(before, why, host);
  }

  #note(before: ReadonlyMap<string, number>, what: string, about: string): void {
    const times = (before.get(what) ?? 0) + 1;
    this.#due.set(what, times);
    if (times >= patience) throw new Violation('what is due gets done', `for minutes ${what}`, [about]);
  }
}

/** A task that waits for an instance is stopped when it waited for too long. */
function dueForWaiting({ createdAt }: Task, now: Instant): string | undefined {
  const { provisioningWaitMs } = defaultControllerSettings;
  return afterMs(createdAt, provisioningWaitMs) <= now ? 'waits for an instance' : undefined;
}

/** What the task waits for though nothing is in its way. */
function dueFor({ taskArn, lastStatus, desiredStatus }: Task, host: Host | undefined): string | undefined {
  if (lastStatus === 'PROVISIONING' && desiredStatus === 'RUNNING') return 'waits for its interface';
  if (lastStatus === 'ACTIVATING') return 'waits to be a target';
  if (lastStatus === 'DEACTIVATING') return 'waits to be a target no longer';
  if (lastStatus === 'DEPROVISIONING') return 'waits to be rid of its interface';
  if (host === undefined || !host.agent.connected || host.peer.troubled) return undefined;
  const there = host.agent.tasks.get(taskArn);
  if (lastStatus === 'PENDING' && there === undefined) return 'waits for its agent to be told';
  if (lastStatus === 'STOPPING' && there?.desired === 'RUNNING') return 'waits for its agent to be told to stop it';
  if (lastStatus !== 'RUNNING' && there?.status === 'RUNNING' && desiredStatus === 'RUNNING') return 'runs unheard';
  return there?.status === 'STOPPED' && there.delivered === 0 ? 'has ended unheard' : undefined;
}

/** The same for a service with task sets. */
function dueForSets(service: Service, tasks: readonly Task[], replica: Replica, now: Instant): string | undefined {
  if (service.status !== 'ACTIVE') return undefined;
  for (const taskSet of setsOf(service, replica)) {
    const { id, status, computedDesiredCount: wanted, backoff, placementFailedAt } = taskSet;
    const own = tasks.filter((task) => task.deploymentId === id);
    const free = backoff === undefined && placementFailedAt === undefined;
    if (free && own.length < wanted) return `leaves ${id} short of tasks and starts none`;
    const stays = own.some((task) => !isProtected(task, now));
    if (status === 'DRAINING' && stays) return `lets tasks of ${id} be, which was deleted`;
  }
  return undefined;
}

/** What the service leaves undone though nothing is in its way. */
function dueForService(service: Service, tasks: readonly Task[], replica: Replica, now: Instant): string | undefined {
  const { status, deployments, desiredCount, steadySince } = service;
  if (status !== 'ACTIVE' || waits(releaseOf(service, replica))) return undefined;
  const free = deployments.every(({ rolloutState, backoff, placementFailedAt }) => {
    return rolloutState !== 'FAILED' && backoff === undefined && placementFailedAt === undefined;
  });
  if (free && tasks.length < desiredCount) return 'is short of tasks and starts none';
  const hosts = replica.table('containerInstances');
  const calm = tasks.every((task) => {
    const checked = task.containers.some(({ essential, healthCheck }) => essential && healthCheck);
    const healthy = (!checked || task.healthStatus === 'HEALTHY') && takesTraffic(task, replica);
    const well = task.lastStatus === 'RUNNING' && healthy;
    return well && task.deploymentId === deployments[0]?.id && hosts.get(task.hostArn ?? '')?.status === 'ACTIVE';
  });
  if (!free || !calm) return undefined;
  if (tasks.length > desiredCount) {
    return tasks.every((task) => isProtected(task, now)) ? undefined : 'has too many tasks and stops none';
  }
  if (steadySince === undefined) return 'has all its tasks and is not steady';
  const uneven = tasks.some((task) => isProtected(task, now)) ? undefined : unevenZones(service, replica);
  return uneven === undefined ? undefined : `leaves ${uneven}, and moves none`;
}

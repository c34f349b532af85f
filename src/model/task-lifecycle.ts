import type { Instant } from '#base';
import type { ContainerInstanceArn } from './arn.ts';
import { endedVolume } from './managed-volume.ts';
import type { TaskInterface } from './network/index.ts';
import {
  awaitsDeregistration,
  awaitsRegistration,
  type ContainerStatus,
  containerStatuses,
  type HealthStatus,
  type NetworkBinding,
  type StopCode,
  type Task,
  type TaskAttachment,
  type TaskContainer,
  type TaskStatus,
  taskHealth,
  taskStatusRank,
} from './task.ts';

/**
 * The task state machine, the only place that moves `lastStatus`. Each function takes a task and one fact and gives
 * the task after it; a fact that changes nothing gives the same object back. Statuses only move forward.
 */

/** The host of a task that waited for one was chosen; as {@link placeTask}. */
export function placeWaitingTask(
  task: Task,
  hostArn: ContainerInstanceArn,
  availabilityZone: string | undefined,
  gpuIds?: readonly string[],
): Task {
  return placeTask(changed(task, {}), hostArn, availabilityZone, gpuIds);
}

/** The host of a new task was chosen, and with it the GPUs there that are the task's: as many as it reserves. */
export function placeTask(
  task: Task,
  hostArn: ContainerInstanceArn,
  availabilityZone: string | undefined,
  gpuIds: readonly string[] = [],
): Task {
  return settle({
    ...task,
    hostArn,
    ...(availabilityZone === undefined ? {} : { availabilityZone }),
    ...(gpuIds.length === 0 ? {} : { containers: withGpus(task.containers, gpuIds) }),
  });
}

/** Each container gets as many as it asks for, in order. */
function withGpus(containers: readonly TaskContainer[], gpuIds: readonly string[]): readonly TaskContainer[] {
  let given = 0;
  return containers.map((container) => {
    if (container.gpuCount === undefined) return container;
    const own = gpuIds.slice(given, given + container.gpuCount);
    given += own.length;
    return { ...container, gpuIds: own };
  });
}

/** The task's interface has its address; the agent may be told. */
export function attachInterface(task: Task, eni: TaskInterface, at: Instant): Task {
  const attachment: TaskAttachment = {
    id: eni.attachmentId,
    status: 'ATTACHED',
    subnetId: eni.subnetId,
    networkInterfaceId: eni.networkInterfaceId,
    macAddress: eni.macAddress,
    privateDnsName: eni.privateDnsName,
    privateIpv4Address: eni.privateIpv4Address,
  };
  return settle(changed(task, { attachment, connectivity: 'CONNECTED', connectivityAt: at }));
}

/** The task's interface is given back (or never came): nothing holds the task any longer. */
export function releaseInterface(task: Task, at: Instant): Task {
  if (task.attachment === undefined || task.attachment.status === 'DELETED') return task;
  return settle(changed(task, { attachment: { ...task.attachment, status: 'DELETED' } }), at);
}

/** Target groups know of the task: it gets requests as soon as it passes their checks. */
export function registerTask(task: Task, at: Instant): Task {
  return task.registration === undefined ? settle(changed(task, { registration: 'REGISTERED' }), at) : task;
}

/** No target group sends the task requests any longer: it may stop. */
export function deregisterTask(task: Task, at: Instant): Task {
  return task.registration === 'REGISTERED' ? settle(changed(task, { registration: 'DEREGISTERED' }), at) : task;
}

/** The task shall stop. The first reason wins: a later one changes nothing. */
export function requestStop(
  task: Task,
  stop: { readonly stopCode: StopCode; readonly reason: string; readonly at: Instant },
): Task {
  if (task.desiredStatus === 'STOPPED') return task;
  return settle(
    changed(task, {
      desiredStatus: 'STOPPED',
      stopCode: stop.stopCode,
      stoppedReason: stop.reason.slice(0, 1024),
      stoppingAt: stop.at,
    }),
    stop.at,
  );
}

/**
 * The capacity of a Fargate Spot task is taken back: it shall stop, and is given notice of that before. The two are told
 * as an event each, and so are two versions. Source: "Amazon ECS task definitions for Fargate Spot".
 */
export function interruptTask(task: Task, stop: { readonly reason: string; readonly at: Instant }): Task {
  const stopping = requestStop(task, { ...stop, stopCode: 'SpotInterruption' });
  return stopping === task ? task : { ...stopping, version: stopping.version + 1 };
}

/** The task as its notice shows it; `undefined` when the change from `before` to `after` is no interruption. */
export function noticeOf(before: Task | undefined, after: Task): Task | undefined {
  if (after.stopCode !== 'SpotInterruption' || before?.desiredStatus !== 'RUNNING') return undefined;
  const { desiredStatus, stoppedReason, stoppingAt, version } = after;
  return {
    ...before,
    desiredStatus,
    stopCode: 'TerminationNotice',
    ...(stoppedReason === undefined ? {} : { stoppedReason }),
    ...(stoppingAt === undefined ? {} : { stoppingAt }),
    version: version - 1,
  };
}

/** What an agent says of one container. */
export interface ContainerReport {
  readonly name: string;
  readonly status?: ContainerStatus;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** What an agent says of a task (SubmitTaskStateChange). */
export interface TaskReport {
  readonly status?: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly reason?: string;
  readonly containers: readonly ContainerReport[];
  /** Ids of attachments that are there. */
  readonly attached?: readonly string[];
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly executionStoppedAt?: Instant;
}

/**
 * Applies an agent's report. Reports may be repeated and may come late: whatever would move a status back is ignored,
 * and after STOPPED nothing changes any more. A task that stops by itself gets its stop code here.
 */
export function applyTaskReport(task: Task, report: TaskReport, at: Instant): Task {
  if (task.agentStatus === 'STOPPED' || taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING'))
    return task;
  const containers = applyContainerReports(task.containers, report);
  const agentStatus = later(task.agentStatus, report.status);
  const facts: Partial<Task> = {
    ...(containers === task.containers ? {} : { containers, healthStatus: taskHealth(containers) }),
    ...attachedVolume(task, report),
    ...(agentStatus === task.agentStatus || agentStatus === undefined ? {} : { agentStatus }),
    ...(report.pullStartedAt === undefined ? {} : { pullStartedAt: report.pullStartedAt }),
    ...(report.pullStoppedAt === undefined ? {} : { pullStoppedAt: report.pullStoppedAt }),
    ...(report.executionStoppedAt === undefined ? {} : { executionStoppedAt: report.executionStoppedAt }),
  };
  if (Object.keys(facts).every((key) => facts[key as keyof Task] === task[key as keyof Task])) return task;
  let after = changed(task, facts);
  if (agentStatus === 'STOPPED' && task.desiredStatus === 'RUNNING') {
    after = withFailedVolume({ ...after, desiredStatus: 'STOPPED', stoppingAt: at, ...stopCauseOf(after, report) });
  }
  return settle(after, at);
}

/** A task that runs has its volume, whether or not its agent says so. */
function attachedVolume({ volume }: Task, { status, attached }: TaskReport): Pick<Task, 'volume'> | undefined {
  const there = attached?.includes(volume?.id ?? '') === true || status === 'RUNNING';
  const waited = volume?.status === 'CREATED' || volume?.status === 'ATTACHING';
  return there && waited ? { volume: { ...volume, status: 'ATTACHED' } } : undefined;
}

/** The task did not start, and its agent says that the volume is why. */
function withFailedVolume(task: Task): Task {
  const { volume, stopCode, stoppedReason = '' } = task;
  const failed = stopCode === 'TaskFailedToStart' && /^ECS (failed|timed out)\b.*\bEBS volume\b/.test(stoppedReason);
  if (volume === undefined || volume.status === 'ATTACHED' || !failed) return task;
  return { ...task, volume: { ...volume, status: 'FAILED', statusReason: stoppedReason } };
}

/** Applies health from the telemetry channel. */
export function applyContainerHealth(task: Task, health: ReadonlyMap<string, HealthStatus>): Task {
  if (taskStatusRank(task.lastStatus) >= taskStatusRank('STOPPED')) return task;
  let differs = false;
  const containers = task.containers.map((container) => {
    const healthStatus = health.get(container.name);
    if (healthStatus === undefined || healthStatus === container.healthStatus || !container.healthCheck)
      return container;
    differs = true;
    return { ...container, healthStatus };
  });
  return differs ? { ...task, containers, healthStatus: taskHealth(containers) } : task;
}

function applyContainerReports(containers: readonly TaskContainer[], report: TaskReport): readonly TaskContainer[] {
  let differs = false;
  const next = containers.map((container) => {
    const said = report.containers.find((candidate) => candidate.name === container.name);
    const status = report.status === 'STOPPED' ? 'STOPPED' : said?.status;
    const rank = containerStatuses.indexOf(container.lastStatus);
    const lastStatus = status !== undefined && containerStatuses.indexOf(status) > rank ? status : container.lastStatus;
    const facts: Partial<TaskContainer> = {
      ...(lastStatus === container.lastStatus ? {} : { lastStatus }),
      ...(said?.runtimeId === undefined ? {} : { runtimeId: said.runtimeId }),
      ...(said?.imageDigest === undefined ? {} : { imageDigest: said.imageDigest }),
      ...(said?.exitCode === undefined ? {} : { exitCode: said.exitCode }),
      ...(said?.reason === undefined || said.reason === '' ? {} : { reason: said.reason.slice(0, 1024) }),
      ...(said?.networkBindings === undefined || said.networkBindings.length === 0
        ? {}
        : { networkBindings: said.networkBindings }),
    };
    const same = (key: string): boolean => facts[key as keyof TaskContainer] === container[key as keyof TaskContainer];
    if (container.lastStatus === 'STOPPED' || Object.keys(facts).every(same)) return container;
    differs = true;
    return { ...container, ...facts };
  });
  return differs ? next : containers;
}

const agentStatuses = ['PENDING', 'RUNNING', 'STOPPED'] as const;

function later(current: Task['agentStatus'], said: Task['agentStatus']): Task['agentStatus'] {
  if (said === undefined) return current;
  if (current === undefined) return said;
  return agentStatuses.indexOf(said) > agentStatuses.indexOf(current) ? said : current;
}

/**
 * A container of the engine's that ended with an exit code ran; anything else that stopped a task before RUNNING kept it
 * from starting. Agents give a code, and no id, to one whose dependencies can never be met.
 */
function stopCauseOf(task: Task, report: TaskReport): Pick<Task, 'stopCode' | 'stoppedReason'> {
  const ran = ({ exitCode, runtimeId }: TaskContainer): boolean => exitCode !== undefined && runtimeId !== undefined;
  const kept = task.containers.filter((container) => !ran(container) && container.reason !== undefined);
  const keptEssential = kept.find(({ essential }) => essential);
  const exited = keptEssential === undefined && task.containers.some((one) => one.essential && ran(one));
  if (task.startedAt !== undefined || (exited && (report.reason ?? '') === '')) {
    return { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' };
  }
  const failed = keptEssential ?? kept[0];
  const said = report.reason !== undefined && report.reason !== '' ? report.reason : failed?.reason;
  return { stopCode: 'TaskFailedToStart', stoppedReason: (said ?? 'Task failed to start').slice(0, 1024) };
}

function changed(task: Task, facts: Partial<Task>): Task {
  return { ...task, ...facts, version: task.version + 1 };
}

/** Moves `lastStatus` to where the facts put it, and stamps the instants that go with the move. */
function settle(task: Task, at?: Instant): Task {
  const target = statusFromFacts(task);
  if (taskStatusRank(target) <= taskStatusRank(task.lastStatus)) return task;
  const arrived: Task = { ...task, lastStatus: target };
  const stamped = at === undefined ? arrived : { ...arrived, ...stampsFor(task, target, at) };
  if (target === 'PENDING' && task.volume?.status === 'CREATED') {
    return { ...stamped, volume: { ...task.volume, status: 'ATTACHING' } };
  }
  return target === 'STOPPED' ? ended(stamped) : stamped;
}

/** A task that is over has no running containers and no tags. Source: "Tagging Amazon ECS resources". */
function ended(task: Task): Task {
  return {
    ...task,
    containers: task.containers.map(stoppedContainer),
    ...(task.volume === undefined ? {} : { volume: endedVolume(task.volume) }),
    ...(task.tags.length === 0 ? {} : { tags: [] }),
  };
}

function stampsFor(task: Task, target: TaskStatus, at: Instant): Partial<Task> {
  if (target === 'RUNNING') return { startedAt: at };
  if (target === 'STOPPED') return { stoppedAt: at };
  if (target === 'DEPROVISIONING' && task.executionStoppedAt === undefined) return { executionStoppedAt: at };
  return {};
}

function stoppedContainer(container: TaskContainer): TaskContainer {
  return container.lastStatus === 'STOPPED' ? container : { ...container, lastStatus: 'STOPPED' };
}

function statusFromFacts(task: Task): TaskStatus {
  const interfaceHeld = task.attachment !== undefined && task.attachment.status !== 'DELETED';
  if (task.desiredStatus === 'STOPPED') {
    const pastStopping = taskStatusRank(task.lastStatus) > taskStatusRank('STOPPING');
    const nothingRuns = pastStopping || task.agentStatus === 'STOPPED' || !wasHandedOver(task);
    if (!nothingRuns) return awaitsDeregistration(task) ? 'DEACTIVATING' : 'STOPPING';
    return interfaceHeld ? 'DEPROVISIONING' : 'STOPPED';
  }
  if (task.hostArn === undefined) return 'PROVISIONING';
  if (interfaceHeld && task.attachment?.status !== 'ATTACHED') return 'PROVISIONING';
  if (task.agentStatus !== 'RUNNING') return 'PENDING';
  return awaitsRegistration(task) ? 'ACTIVATING' : 'RUNNING';
}

/** Whether an agent may have been told of the task: it was once PENDING on a host. */
export function wasHandedOver(task: Pick<Task, 'hostArn' | 'lastStatus'>): boolean {
  return task.hostArn !== undefined && taskStatusRank(task.lastStatus) >= taskStatusRank('PENDING');
}

/** The agent's host is gone for good: whatever ran there no longer counts. */
export function hostGone(
  task: Task,
  stop: { readonly stopCode: StopCode; readonly reason: string; readonly at: Instant },
): Task {
  const stopping = requestStop(task, stop);
  return applyTaskReport(stopping, { status: 'STOPPED', containers: [] }, stop.at);
}

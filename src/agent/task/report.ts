import type { Instant } from '#base';
import type { ContainerStatus, NetworkBinding } from '#model';
import { appContainers, type EngineContainer, type EngineTask, networkHolder } from './state.ts';

/** The members of SubmitTaskStateChange beside `cluster` and `task`. */
export interface TaskStateReport {
  readonly status: 'PENDING' | 'RUNNING' | 'STOPPED';
  readonly reason?: string;
  readonly containers: readonly ContainerStateReport[];
  /** Block volumes that are mounted. */
  readonly attachments?: readonly { readonly attachmentArn: string; readonly status: 'ATTACHED' }[];
  readonly pullStartedAt?: Instant;
  readonly pullStoppedAt?: Instant;
  readonly executionStoppedAt?: Instant;
}

export interface ContainerStateReport {
  readonly containerName: string;
  readonly status: ContainerStatus;
  readonly runtimeId?: string;
  readonly imageDigest?: string;
  readonly exitCode?: number;
  readonly reason?: string;
  readonly networkBindings?: readonly NetworkBinding[];
}

/** A report to submit, and the text by which its delivery is remembered. */
export interface PendingReport {
  readonly clusterArn: string;
  readonly report: TaskStateReport;
  readonly text: string;
}

const longestReason = 1024;

/** What is to be said of a task next; `undefined` while there is nothing, and when the control plane has it. */
export function pendingReportOf(task: EngineTask): PendingReport | undefined {
  const report = nextReport(task);
  const text = JSON.stringify(report);
  if (report === undefined || text === task.delivered) return undefined;
  return { clusterArn: task.payload.taskClusterArn, report, text };
}

/**
 * What is to be said of a task next; `undefined` while there is nothing. Repeating it does no harm. That a task ran is
 * said before that it stopped, however late: when it ran, and that it ever did, is part of its history.
 */
export function nextReport(task: EngineTask): TaskStateReport | undefined {
  if (task.reached === 'NONE') return undefined;
  const untold = task.reached === 'STOPPED' && task.runningUntold === true;
  return reportOf(untold ? asItRan(task) : task, untold ? 'RUNNING' : task.reached);
}

/** The task with what ended since it ran taken back. */
function asItRan(task: EngineTask): EngineTask {
  const { reason: _, ...rest } = task;
  return {
    ...rest,
    reached: 'RUNNING',
    containers: task.containers.map(({ exitCode: _code, reason: _why, ...container }) => ({
      ...container,
      known: 'RUNNING',
    })),
  };
}

function reportOf(task: EngineTask, status: TaskStateReport['status']): TaskStateReport {
  return {
    status,
    ...(task.reason === undefined ? {} : { reason: task.reason.slice(0, longestReason) }),
    containers: appContainers(task).flatMap((container) => containerReport(task, container)),
    ...attachmentsOf(task),
    ...(task.pullStartedAt === undefined ? {} : { pullStartedAt: task.pullStartedAt }),
    ...(task.pullStoppedAt === undefined ? {} : { pullStoppedAt: task.pullStoppedAt }),
    ...(task.executionStoppedAt === undefined || status !== 'STOPPED'
      ? {}
      : { executionStoppedAt: task.executionStoppedAt }),
  };
}

function attachmentsOf(task: EngineTask): Pick<TaskStateReport, 'attachments'> {
  const mounted = (task.payload.attachments ?? []).filter(({ attachmentProperties }) =>
    attachmentProperties.some(({ name, value }) => name === 'volumeName' && task.volumePaths?.[value] !== undefined),
  );
  if (mounted.length === 0) return {};
  return { attachments: mounted.map(({ attachmentArn }) => ({ attachmentArn, status: 'ATTACHED' })) };
}

function containerReport(task: EngineTask, container: EngineContainer): ContainerStateReport[] {
  if (container.known === 'NONE') return [];
  const { runtimeId, imageDigest, exitCode, reason } = container;
  const { networkBindings } = networkHolder(task, container.name) ?? container;
  const bound = networkBindings.length > 0 && task.payload.networkMode !== 'awsvpc' && container.known !== 'CREATED';
  return [
    {
      containerName: container.name,
      status: container.known === 'RUNNING' || container.known === 'STOPPED' ? container.known : 'PENDING',
      ...(runtimeId === undefined ? {} : { runtimeId }),
      ...(imageDigest === undefined ? {} : { imageDigest }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason: reason.slice(0, longestReason) }),
      ...(bound ? { networkBindings } : {}),
    },
  ];
}

import type { Instant } from '#base';
import {
  applyTaskReport,
  type ContainerReport,
  type ContainerStatus,
  type NetworkBinding,
  parseEcsArn,
  type Scope,
  type Task,
  type TaskReport,
} from '#model';
import type { RoadsteadTx } from '#store';
import { invalidParameter } from '../errors.ts';

type BindingInput = {
  readonly bindIP?: string | undefined;
  readonly containerPort?: number | undefined;
  readonly hostPort?: number | undefined;
  readonly protocol?: string | undefined;
  readonly containerPortRange?: string | undefined;
  readonly hostPortRange?: string | undefined;
};

export type ContainerReportInput = {
  readonly containerName?: string | undefined;
  readonly status?: string | undefined;
  readonly runtimeId?: string | undefined;
  readonly imageDigest?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  readonly networkBindings?: readonly BindingInput[] | undefined;
};

/**
 * A status as agents report it. InvalidParameterException for any other: on that an agent forgets the report instead
 * of repeating it for a day.
 */
export function reportedStatus(status: string | undefined): ContainerStatus | undefined {
  if (status === undefined || status === '') return undefined;
  if (status === 'PENDING' || status === 'RUNNING' || status === 'STOPPED') return status;
  throw invalidParameter(`Invalid status: ${status}`);
}

export function containerReport(input: ContainerReportInput): ContainerReport {
  const status = reportedStatus(input.status);
  return {
    name: input.containerName ?? '',
    ...(status === undefined ? {} : { status }),
    ...(input.runtimeId === undefined ? {} : { runtimeId: input.runtimeId }),
    ...(input.imageDigest === undefined ? {} : { imageDigest: input.imageDigest }),
    ...(input.exitCode === undefined ? {} : { exitCode: input.exitCode }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...(input.networkBindings === undefined ? {} : { networkBindings: input.networkBindings.map(networkBinding) }),
  };
}

function networkBinding(input: BindingInput): NetworkBinding {
  const { protocol } = input;
  return {
    ...(input.bindIP === undefined ? {} : { bindIP: input.bindIP }),
    ...(input.containerPort === undefined ? {} : { containerPort: input.containerPort }),
    ...(input.hostPort === undefined ? {} : { hostPort: input.hostPort }),
    ...(protocol === 'tcp' || protocol === 'udp' ? { protocol } : {}),
    ...(input.containerPortRange === undefined ? {} : { containerPortRange: input.containerPortRange }),
    ...(input.hostPortRange === undefined ? {} : { hostPortRange: input.hostPortRange }),
  };
}

/**
 * Applies a report to the task it names, if that runs on a host of the caller's own account: agents of the Fargate pool
 * are the platform's, whosever the task is. Any other task, known or not, is left alone without a word: an agent that
 * is told of an error repeats the report.
 */
export function applyReport(
  tx: RoadsteadTx,
  scope: Scope,
  arn: string | undefined,
  report: TaskReport,
  at: Instant,
): void {
  const task = arn === undefined ? undefined : tx.tasks.find(arn);
  if (task === undefined || !isHostOf(scope, task)) return;
  tx.tasks.put(applyTaskReport(task, withKnownBindings(task, report), at));
}

function isHostOf(scope: Scope, task: Task): boolean {
  const host = task.hostArn === undefined ? undefined : parseEcsArn(task.hostArn);
  return host?.scope.accountId === scope.accountId && host.scope.region === scope.region;
}

/** Bindings that are stored already are replaced by the stored ones, so that a repeated report changes nothing. */
function withKnownBindings(task: Task, report: TaskReport): TaskReport {
  const containers = report.containers.map((said) => {
    const known = task.containers.find((container) => container.name === said.name)?.networkBindings;
    const same = said.networkBindings !== undefined && JSON.stringify(said.networkBindings) === JSON.stringify(known);
    return same && known !== undefined ? { ...said, networkBindings: known } : said;
  });
  return { ...report, containers };
}

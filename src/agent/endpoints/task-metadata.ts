import { type Instant, rfc3339Exact } from '#base';
import type { ContainerDetails } from '../runtime/port.ts';
import { type EngineContainer, type EngineTask, knownStatuses } from '../task/state.ts';
import { compact, type Generation, presentContainer } from './container-metadata.ts';

/** What the agent knows of its host. */
export interface HostFacts {
  /** As the agent was given it: a name or an ARN. */
  readonly cluster: string;
  readonly containerInstanceArn: string;
  /** Attributes of the host as the control plane has them, e.g. `ecs.availability-zone`. */
  readonly attribute: (name: string) => string | undefined;
}

/** Tags by key, and what could not be read. */
export interface Tags {
  readonly task?: Readonly<Record<string, string>>;
  readonly containerInstance?: Readonly<Record<string, string>>;
  readonly errors: readonly Readonly<Record<string, unknown>>[];
}

type Json = Readonly<Record<string, unknown>>;

/**
 * A task as the metadata endpoint shows it. `details` are the engine's, by container name. Sources: "Task metadata
 * available for tasks on EC2", "… on Fargate".
 */
export function presentTask(
  task: EngineTask,
  details: ReadonlyMap<string, ContainerDetails>,
  host: HostFacts,
  generation: Generation,
  tags?: Tags,
): Json {
  const { payload } = task;
  const fargate = payload.launchType === 'FARGATE';
  const shown = task.containers.filter((container) => isShown(container, { fargate, generation }));
  return compact({
    Cluster: fargate ? payload.taskClusterArn : host.cluster,
    TaskARN: task.taskArn,
    Family: payload.family,
    Revision: payload.version,
    ...(generation === 4 ? { ServiceName: payload.serviceName } : {}),
    DesiredStatus: task.desired,
    KnownStatus: knownOf(task),
    Limits: limitsOf(task),
    PullStartedAt: timeOf(task.pullStartedAt),
    PullStoppedAt: timeOf(task.pullStoppedAt),
    ExecutionStoppedAt: timeOf(task.executionStoppedAt),
    AvailabilityZone: host.attribute('ecs.availability-zone'),
    ...(generation === 4
      ? {
          LaunchType: payload.launchType,
          VPCID: host.attribute('ecs.vpc-id'),
          FaultInjectionEnabled: payload.enableFaultInjection ?? false,
        }
      : {}),
    TaskTags: tags?.task,
    ContainerInstanceTags: tags?.containerInstance,
    Errors: generation === 4 && tags !== undefined && tags.errors.length > 0 ? tags.errors : undefined,
    Containers: shown.map((container) => presentContainer(task, container, details.get(container.name), generation)),
  });
}

/** The oldest generations show created containers only, and nobody sees Fargate's own. */
function isShown(
  { internal, runtimeId, known }: EngineContainer,
  { fargate, generation }: { readonly fargate: boolean; readonly generation: Generation },
): boolean {
  if (internal && fargate) return false;
  return runtimeId !== undefined || (generation === 4 && known !== 'NONE' && !internal);
}

/** The least of its containers' statuses. */
function knownOf(task: EngineTask): string {
  if (task.reached === 'STOPPED') return 'STOPPED';
  const ranks = task.containers.map(({ known }) => knownStatuses.indexOf(known));
  return knownStatuses[Math.min(...ranks)] ?? 'NONE';
}

function limitsOf({ payload: { cpu, memory } }: EngineTask): Json | undefined {
  return cpu === undefined && memory === undefined ? undefined : compact({ CPU: cpu, Memory: memory });
}

function timeOf(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : rfc3339Exact(at);
}

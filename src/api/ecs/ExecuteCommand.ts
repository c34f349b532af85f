import { Fault } from '#base';
import { type Cluster, logGroupKey, ownContainers, roadsteadAgentHash, type Task, type TaskContainer } from '#model';
import { type OpenedSession, type SessionRequest, type Sessions, sessionLimits } from '#sessions';
import { findDefinition, type RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { resolveCluster } from './cluster/resolve.ts';
import { clientError, invalidParameter } from './errors.ts';
import { taskArnFrom } from './references.ts';
import { ecs } from './service.ts';

/**
 * ExecuteCommand: opens a session for one command in a running container. The command starts when the caller's data
 * channel is there; a session that nobody connects to is forgotten.
 */
export const ExecuteCommand = operation(ecs, 'ExecuteCommand', {
  authorize: (input, ctx) => ({
    action: 'ecs:ExecuteCommand',
    resource: taskArnFrom(ctx.scope, input.cluster, input.task),
  }),
  command: (input, ctx) => {
    if (!input.interactive) throw invalidParameter('Interactive is the only mode supported currently.');
    return {
      cluster: input.cluster,
      arn: taskArnFrom(ctx.scope, input.cluster, input.task),
      container: input.container,
      command: input.command,
    };
  },
  read: (view, { cluster, arn, container: name, command }, ctx) => {
    const { configuration } = resolveCluster(view, ctx.scope, cluster);
    const task = view.tasks.find(arn);
    if (task === undefined) throw invalidParameter('The referenced task was not found.');
    const container = containerOf(task, name);
    const containerInstanceArn = agentOf(view, task, container);
    const logGroup = logGroupOf(view, task, { container, configuration });
    return { task, container, containerInstanceArn, command, logGroup };
  },
  output: ({ task, container, containerInstanceArn, command, logGroup }, ctx) => {
    const { taskArn, clusterArn } = task;
    const { name: containerName, containerArn } = container;
    const principalArn = ctx.principal.arn;
    const request = { taskArn, containerName, containerInstanceArn, command, principalArn };
    const opened = openSession(logGroup === undefined ? request : { ...request, logGroup }, ctx.sessions);
    return {
      clusterArn,
      containerArn,
      containerName,
      interactive: true,
      session: {
        sessionId: opened.sessionId,
        streamUrl: `${ctx.endpoint.replace(/^http/, 'ws')}${opened.streamPath}`,
        tokenValue: opened.tokenValue,
      },
      taskArn,
    };
  },
});

const notEnabled =
  'The execute command failed because execute command was not enabled when the task was run or the execute command ' +
  "agent isn't running. Wait and try again or run a new task with execute command enabled and try again.";

function containerOf(task: Task, name: string | undefined): TaskContainer {
  const own = ownContainers(task);
  const [only, ...others] = own;
  if (name === undefined || name === '') {
    if (only !== undefined && others.length === 0) return only;
    const names = own.map((each) => each.name).join(', ');
    throw invalidParameter(`Container must be specified when the task has more than one container: ${names}.`);
  }
  const found = own.find((each) => each.name === name);
  if (found === undefined) throw invalidParameter('The container does not exist in the task.');
  return found;
}

/** The instance whose agent runs the container; it must be one that can join a session. */
function agentOf(view: RoadsteadView, task: Task, container: TaskContainer): string {
  const host = task.hostArn === undefined ? undefined : view.containerInstances.find(task.hostArn);
  if (!task.enableExecuteCommand || container.lastStatus !== 'RUNNING' || host === undefined) {
    throw invalidParameter(notEnabled);
  }
  if (host.versionInfo.agentHash !== roadsteadAgentHash) {
    throw notConnected("The agent of its container instance is not Roadstead's, and no other joins sessions here.");
  }
  if (!host.agentConnected) throw notConnected('The agent of its container instance is not connected.');
  return host.containerInstanceArn;
}

/** A cluster's executeCommandConfiguration, as far as it says where sessions are logged. */
interface ExecLogging {
  readonly logging?: 'NONE' | 'DEFAULT' | 'OVERRIDE';
  readonly logConfiguration?: { readonly cloudWatchLogGroupName?: string };
}

/**
 * The id of the log group that keeps what the session shows: the cluster's own, or that of the container's awslogs driver,
 * as ECS does unless told otherwise. A cluster's group that is not there is refused: nobody would see what was done.
 */
function logGroupOf(
  view: RoadsteadView,
  task: Task,
  { container, configuration }: { readonly container: TaskContainer; readonly configuration: Cluster['configuration'] },
): string | undefined {
  const { logging = 'DEFAULT', logConfiguration }: ExecLogging = configuration?.executeCommandConfiguration ?? {};
  if (logging === 'NONE') return undefined;
  const name =
    logging === 'OVERRIDE' ? logConfiguration?.cloudWatchLogGroupName : ownLogGroup(view, task, container.name);
  if (name === undefined || name === '') return undefined;
  const group = view.logGroups.find(logGroupKey(task, name));
  if (group !== undefined || logging !== 'OVERRIDE') return group?.id;
  throw invalidParameter(`The log group ${name}, which sessions of ECS Exec are logged to, does not exist. Create it.`);
}

function ownLogGroup(view: RoadsteadView, task: Task, name: string): string | undefined {
  const definition = findDefinition(view, task.taskDefinitionArn);
  const log = definition?.containerDefinitions.find((each) => each.name === name)?.logConfiguration;
  return log?.logDriver === 'awslogs' ? log.options?.['awslogs-group'] : undefined;
}

function notConnected(why: string): ApiError {
  return new ApiError(
    'TargetNotConnectedException',
    `The execute command failed due to an internal error. Try again later. ${why}`,
  );
}

function openSession(request: SessionRequest, sessions: Pick<Sessions, 'open'>): OpenedSession {
  try {
    return sessions.open(request);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'TooManySessions') throw error;
    const { sessionsPerContainer } = sessionLimits;
    throw clientError(
      `Unable to start new execute sessions because the maximum session limit of ${sessionsPerContainer} has been reached.`,
    );
  }
}

import type { SimulatedAgentOptions } from './simulated-agent-options.ts';
import type { SimulatedTask } from './simulated-agent-task.ts';

/** What the scheduler asks of a host for every kind of task the simulation runs. */
const simulatedCapabilities: readonly string[] = [
  ...['1.17', '1.18', '1.19', '1.20', '1.21', '1.22', '1.24', '1.25', '1.29'].map(
    (version) => `com.amazonaws.ecs.capability.docker-remote-api.${version}`,
  ),
  'com.amazonaws.ecs.capability.logging-driver.json-file',
  'com.amazonaws.ecs.capability.task-iam-role',
  'com.amazonaws.ecs.capability.privileged-container',
  'ecs.capability.task-eni',
  'ecs.capability.container-health-check',
  'ecs.capability.container-ordering',
  'ecs.capability.container-restart-policy',
  'ecs.capability.full-sync',
  'ecs.capability.task-cpu-mem-limit',
  'ecs.capability.docker-plugin.local',
];

/** The SubmitTaskStateChange that says how a task stands; times in epoch seconds. */
export function reportOf(task: SimulatedTask, atSeconds: number): object {
  const bridged = task.payload.networkMode === 'bridge';
  return {
    cluster: task.payload.taskClusterArn,
    task: task.arn,
    status: task.status === 'NONE' ? 'PENDING' : task.status,
    ...(task.status === 'STOPPED' ? { executionStoppedAt: atSeconds } : {}),
    containers: task.containers
      .filter((container) => container.status !== 'NONE')
      .map((container) => ({
        containerName: container.name,
        status: container.status,
        runtimeId: `${task.arn.slice(-32)}-${container.name}`,
        imageDigest: `sha256:${'0'.repeat(64)}`,
        ...(container.exitCode === undefined ? {} : { exitCode: container.exitCode }),
        ...(container.reason === undefined ? {} : { reason: container.reason }),
        ...(bridged && container.status === 'RUNNING' ? { networkBindings: bindingsOf(task, container.name) } : {}),
      })),
  };
}

function bindingsOf(task: SimulatedTask, name: string): object[] {
  const container = task.payload.containers.find((candidate) => candidate.name === name);
  return (container?.portMappings ?? []).map(({ containerPort, hostPort, protocol }) => ({
    bindIP: '0.0.0.0',
    containerPort,
    hostPort: hostPort || 49_153,
    protocol,
  }));
}

/** What RegisterContainerInstance is sent by a process of the agent. */
export function registrationOf(
  { cluster, cpuUnits, memoryMiB, gpuIds, attributes = [], availabilityZone }: SimulatedAgentOptions,
  host: { readonly instanceId: string; readonly containerInstanceArn: string | undefined; readonly life: number },
): object {
  const { instanceId, containerInstanceArn, life } = host;
  return {
    ...(cluster === undefined ? {} : { cluster }),
    ...(containerInstanceArn === undefined ? {} : { containerInstanceArn }),
    instanceIdentityDocument: JSON.stringify({ instanceId, availabilityZone }),
    totalResources: [
      { name: 'CPU', type: 'INTEGER', integerValue: cpuUnits },
      { name: 'MEMORY', type: 'INTEGER', integerValue: memoryMiB },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '2375', '2376', '51678', '51679'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
      ...(gpuIds === undefined ? [] : [{ name: 'GPU', type: 'STRINGSET', stringSetValue: gpuIds }]),
    ],
    attributes: [...simulatedCapabilities.map((name) => ({ name })), ...attributes],
    clientToken: `${instanceId}-${life}`,
  };
}

interface HostNames {
  readonly cluster: string;
  readonly containerInstance: string | undefined;
}

/** The query of a channel's upgrade. */
export function upgradeQuery(
  channel: 'acs' | 'tcs',
  { cluster, containerInstance = '' }: HostNames,
  sendCredentials: boolean,
): URLSearchParams {
  const versions = { agentHash: '00000000', agentVersion: '1.105.1' };
  return channel === 'tcs'
    ? new URLSearchParams({ ...versions, cluster, containerInstance, dockerVersion: '27.3.1' })
    : new URLSearchParams({
        ...versions,
        clusterArn: cluster,
        containerInstanceArn: containerInstance,
        dockerVersion: 'DockerVersion: 27.3.1',
        protocolVersion: '2',
        sendCredentials: String(sendCredentials),
        seqNum: '1',
      });
}

/** The health of the tasks' containers that are checked; `at` in epoch seconds. */
export function healthReport(tasks: readonly SimulatedTask[], host: HostNames, at: number): object {
  return {
    metadata: { ...host, messageId: String(at), fin: true },
    timestamp: at,
    tasks: tasks.map((task) => ({
      taskArn: task.arn,
      taskDefinitionFamily: task.payload.family,
      taskDefinitionVersion: task.payload.version,
      containers: task.containers
        .filter((container) => container.checked)
        .map(({ name, health }) => ({ containerName: name, healthStatus: health, statusSince: at })),
    })),
  };
}

import type { SimulatedTask } from './simulated-agent-task.ts';

/** What the scheduler asks of a host for every kind of task the simulation runs. */
export const simulatedCapabilities: readonly string[] = [
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

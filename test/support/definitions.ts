import type { ClusterArn, Scope, TaskSpec } from '#model';

/** RegisterTaskDefinition for the smallest Fargate task, of one container `app`; `container` adds to it. */
export function fargateDefinition(family: string, container: object = {}): object {
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app:1', ...container }],
  };
}

/** A task on its own, as RunTask would make it. */
export function standaloneSpec(scope: Scope, clusterArn: ClusterArn, overrides: Partial<TaskSpec> = {}): TaskSpec {
  return {
    scope,
    clusterArn,
    launchType: 'EC2',
    group: 'family:web',
    overrides: { containerOverrides: [] },
    placementConstraints: [],
    enableExecuteCommand: false,
    tags: [],
    ...overrides,
  };
}

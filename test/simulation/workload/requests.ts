import type { ServiceShape } from '../plan/services.ts';
import { behind, type ServiceFront } from './balancers.ts';

/** What RegisterTaskDefinition is asked for the tasks of a service. */
export function definitionOf(shape: ServiceShape): object {
  const { name, networkMode, containers, gpus, hostPort, healthCheck } = shape;
  const fargate = shape.launchType === 'FARGATE';
  const share = fargate
    ? {}
    : { cpu: Math.floor(shape.cpuUnits / containers), memory: Math.floor(shape.memoryMiB / containers) };
  const ports = networkMode === 'awsvpc' ? [{ containerPort: 80 }] : [portOf(networkMode, hostPort)];
  return {
    family: name,
    networkMode,
    ...(fargate
      ? { requiresCompatibilities: ['FARGATE'], cpu: String(shape.cpuUnits), memory: String(shape.memoryMiB) }
      : {}),
    containerDefinitions: [
      {
        name: 'app',
        image: `${name}:1`,
        ...share,
        portMappings: ports,
        ...(gpus > 0 ? { resourceRequirements: [{ type: 'GPU', value: String(gpus) }] } : {}),
        ...(healthCheck ? { healthCheck: { command: ['CMD-SHELL', 'true'] } } : {}),
      },
      ...(containers > 1 ? [{ name: 'side', image: `side:1`, ...share, essential: false }] : []),
    ],
  };
}

function portOf(networkMode: ServiceShape['networkMode'], hostPort: number | undefined): object {
  if (networkMode === 'host') return { containerPort: hostPort };
  return hostPort === undefined ? { containerPort: 80 } : { containerPort: 80, hostPort };
}

const spotStrategy = [
  { capacityProvider: 'FARGATE', base: 1, weight: 1 },
  { capacityProvider: 'FARGATE_SPOT', weight: 2 },
];

/** What CreateService is asked for. */
export function serviceOf(
  shape: ServiceShape,
  wanted: {
    readonly definition: string;
    readonly count: number;
    readonly token: string;
    readonly subnets: readonly string[];
    /** Of its Cloud Map service, when it has one. */
    readonly registryArn: string | undefined;
    /** When it is behind a load balancer. */
    readonly front: ServiceFront | undefined;
  },
): object {
  const { circuitBreaker, resetOnHealthyTask, breakerThreshold } = shape;
  const breaker = {
    enable: circuitBreaker !== 'off',
    rollback: circuitBreaker === 'rollback',
    ...(resetOnHealthyTask === undefined ? {} : { resetOnHealthyTask }),
    ...(breakerThreshold === undefined ? {} : { thresholdConfiguration: breakerThreshold }),
  };
  return {
    cluster: shape.cluster,
    serviceName: shape.name,
    taskDefinition: wanted.definition,
    ...(shape.daemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount: wanted.count }),
    ...(shape.spot ? { capacityProviderStrategy: spotStrategy } : { launchType: shape.launchType }),
    clientToken: wanted.token,
    deploymentConfiguration: {
      minimumHealthyPercent: shape.minimumHealthyPercent,
      maximumPercent: shape.maximumPercent,
      deploymentCircuitBreaker: breaker,
      ...shape.release,
      ...(shape.earlySuccess === undefined ? {} : { earlySuccessCriteria: { enable: true, ...shape.earlySuccess } }),
    },
    placementConstraints: shape.placementConstraints,
    placementStrategy: shape.placementStrategy,
    ...(shape.networkMode === 'awsvpc'
      ? { networkConfiguration: { awsvpcConfiguration: { subnets: wanted.subnets } } }
      : {}),
    ...(wanted.front === undefined
      ? {}
      : { loadBalancers: behind(wanted.front, shape.release !== undefined), healthCheckGracePeriodSeconds: 30 }),
    ...(wanted.registryArn === undefined ? {} : { serviceRegistries: [{ registryArn: wanted.registryArn }] }),
  };
}

/** The definitions of what RunTask runs: `job` ends by itself, `daemon` does not. */
export function standaloneDefinition(family: string): object {
  return {
    family,
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'app', image: `${family}:1`, cpu: 16, memory: 32 }],
  };
}

/** Overrides of such a task. */
export function askingForGpus(gpus: number): object {
  const resourceRequirements = [{ type: 'GPU', value: String(gpus) }];
  return { containerOverrides: [{ name: 'app', resourceRequirements }] };
}

/** The definition of what RunTask runs on Fargate by a strategy; it ends by itself. */
export const spotDefinition = {
  family: 'job-spot',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'job-spot:1' }],
};

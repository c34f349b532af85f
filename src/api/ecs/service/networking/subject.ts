import type { DeploymentStrategy, LaunchType, Service, TaskDefinition } from '#model';
import { invalidParameter } from '../../errors.ts';

/** The service, or task set, whose networking is checked: as it will be after the request. */
export interface Subject {
  /** Absent where task sets say what runs. */
  readonly definition?: TaskDefinition;
  readonly launchType: LaunchType;
  readonly strategy: DeploymentStrategy;
  /** Absent: ECS. */
  readonly deploymentController?: NonNullable<Service['deploymentController']>;
}

/** A service as a subject; the definition is absent where task sets have theirs. */
export function subjectOf(
  service: Pick<Service, 'launchType' | 'deploymentConfiguration' | 'deploymentController'>,
  definition: TaskDefinition | undefined,
): Subject {
  const { launchType, deploymentConfiguration, deploymentController } = service;
  return {
    launchType,
    strategy: deploymentConfiguration.strategy ?? 'ROLLING',
    ...(deploymentController === undefined ? {} : { deploymentController }),
    ...(definition === undefined ? {} : { definition }),
  };
}

/** Refuses a container, or a port of it, that the definition does not have. Observed texts. */
export function requireContainerPort({ definition }: Subject, containerName: string, containerPort: number): void {
  if (definition === undefined) return;
  const container = definition.containerDefinitions.find(({ name }) => name === containerName);
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
  }
  if (container.portMappings?.some((mapping) => mapping.containerPort === containerPort) === true) return;
  throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`);
}

/** The mapping of this name; refuses a name that none has. Observed text. */
export function requireNamedPort({ definition }: Subject, portName: string): { readonly appProtocol?: string } {
  if (definition === undefined) return {};
  for (const { portMappings } of definition.containerDefinitions) {
    const mapping = portMappings?.find(({ name }) => name === portName);
    if (mapping !== undefined) return mapping.appProtocol === undefined ? {} : { appProtocol: mapping.appProtocol };
  }
  throw invalidParameter(`portName(${portName}) does not refer to any named PortMapping in the container definitions`);
}

import { type ContainerDefinition, containerSize, networkModeOf, type TaskDefinition } from '#model';
import type { PayloadContainer, PayloadSecret } from '#wire/link';
import type { ContainerFacts } from './container-facts.ts';
import { defined } from './defined.ts';
import { compileDockerConfig } from './docker-config.ts';

/**
 * One container in the agent's terms, overrides merged. Whatever the agent has no member for travels in `dockerConfig`.
 */
export function compileContainer(container: ContainerDefinition, facts: ContainerFacts): PayloadContainer {
  const { task } = facts;
  const override = task.overrides.containerOverrides.find((candidate) => candidate.name === container.name);
  const size = containerSize(container, task.overrides);
  const record = task.containers.find((candidate) => candidate.name === container.name);
  return {
    name: container.name ?? '',
    containerArn: record?.containerArn ?? '',
    image: imageOf(container.image ?? '', record?.pinnedDigest),
    essential: container.essential ?? true,
    cpu: size.cpuUnits,
    memory: size.memoryMiB ?? 0,
    environment: environmentOf(container, facts, override?.environment ?? []),
    portMappings: portMappingsOf(container, facts.definition),
    mountPoints: (container.mountPoints ?? []).map((mount) => ({
      sourceVolume: mount.sourceVolume ?? '',
      containerPath: mount.containerPath ?? '',
      readOnly: mount.readOnly ?? false,
    })),
    volumesFrom: (container.volumesFrom ?? []).map((from) => ({
      sourceContainer: from.sourceContainer ?? '',
      readOnly: from.readOnly ?? false,
    })),
    links: container.links ?? [],
    ...defined({ command: override?.command ?? container.command, entryPoint: container.entryPoint }),
    ...orderOf(container),
    ...secretsOf(container, facts, override?.environmentFiles ?? []),
    dockerConfig: compileDockerConfig(container, facts),
  };
}

/** The very image when it is settled which one: `repository@digest` in place of a tag, which may have moved. */
function imageOf(image: string, digest: string | undefined): string {
  return digest === undefined ? image : `${image.replace(/@.*$/, '').replace(/:[^:/]+$/, '')}@${digest}`;
}

/** What decides when a container starts, stops and starts again. */
function orderOf(container: ContainerDefinition): Partial<PayloadContainer> {
  const restart = container.restartPolicy;
  const check = container.healthCheck?.command;
  return defined({
    dependsOn: container.dependsOn?.map((dependency) => ({
      containerName: dependency.containerName ?? '',
      condition: dependency.condition ?? 'START',
    })),
    startTimeout: container.startTimeout,
    stopTimeout: container.stopTimeout,
    healthCheckType: check !== undefined && check[0] !== 'NONE' ? ('docker' as const) : undefined,
    restartPolicy:
      restart === undefined
        ? undefined
        : {
            enabled: restart.enabled ?? false,
            ...defined({
              ignoredExitCodes: restart.ignoredExitCodes,
              restartAttemptPeriod: restart.restartAttemptPeriod,
            }),
          },
  });
}

/**
 * The variables in plain text: the definition's, over them the override's. ECS adds `AWS_EXECUTION_ENV`, and for a
 * Fargate task the region; a variable the user set stays as it is.
 */
function environmentOf(
  container: ContainerDefinition,
  { task }: ContainerFacts,
  overrides: readonly { readonly name: string; readonly value: string }[],
): Record<string, string> {
  const environment: Record<string, string> = { AWS_EXECUTION_ENV: `AWS_ECS_${task.launchType}` };
  if (task.launchType === 'FARGATE') {
    environment['AWS_DEFAULT_REGION'] = task.region;
    environment['AWS_REGION'] = task.region;
  }
  for (const { name = '', value = '' } of container.environment ?? []) environment[name] = value;
  for (const { name, value } of overrides) environment[name] = value;
  return environment;
}

function portMappingsOf(container: ContainerDefinition, definition: TaskDefinition): PayloadContainer['portMappings'] {
  const mode = networkModeOf(definition);
  return (container.portMappings ?? []).map((mapping) => {
    const protocol = mapping.protocol === 'udp' ? 'udp' : 'tcp';
    if (mapping.containerPortRange !== undefined) return { containerPortRange: mapping.containerPortRange, protocol };
    const containerPort = mapping.containerPort ?? 0;
    const hostPort = mode === 'bridge' ? (mapping.hostPort ?? 0) : containerPort;
    return { containerPort, hostPort, protocol };
  });
}

/** What the agent fetches itself, with the execution role. */
function secretsOf(
  container: ContainerDefinition,
  { task, hasExecutionRole }: ContainerFacts,
  environmentFiles: readonly { readonly type: 's3'; readonly value: string }[],
): Partial<PayloadContainer> {
  const secrets = [
    ...(container.secrets ?? []).map((secret) => compileSecret(secret, 'CONTAINER', task.region)),
    ...(container.logConfiguration?.secretOptions ?? []).map((secret) =>
      compileSecret(secret, 'LOG_DRIVER', task.region),
    ),
  ];
  const files = environmentFiles.length > 0 ? environmentFiles : (container.environmentFiles ?? []);
  const repository = container.repositoryCredentials?.credentialsParameter;
  const firelens = container.firelensConfiguration;
  return defined({
    secrets: secrets.length === 0 ? undefined : secrets,
    environmentFiles:
      files.length === 0 ? undefined : files.map((file) => ({ type: 's3' as const, value: file.value ?? '' })),
    registryAuthentication:
      repository === undefined
        ? undefined
        : {
            type: 'asm' as const,
            asmAuthData: { credentialsParameter: repository, region: regionOf(repository) ?? task.region },
          },
    logsAuthStrategy:
      hasExecutionRole && container.logConfiguration?.logDriver === 'awslogs' ? ('ExecutionRole' as const) : undefined,
    firelensConfiguration:
      firelens === undefined ? undefined : { type: firelens.type ?? 'fluentbit', options: firelens.options ?? {} },
  });
}

function compileSecret(
  secret: { readonly name?: string | undefined; readonly valueFrom?: string | undefined },
  target: PayloadSecret['target'],
  taskRegion: string,
): PayloadSecret {
  const valueFrom = secret.valueFrom ?? '';
  return {
    name: secret.name ?? '',
    valueFrom,
    region: regionOf(valueFrom) ?? taskRegion,
    provider: /^arn:[^:]*:secretsmanager:/.test(valueFrom) ? 'asm' : 'ssm',
    // What is typed a variable ECS's agent gives the container, whatever its target.
    type: target === 'LOG_DRIVER' ? 'BOOTSTRAP' : 'ENVIRONMENT_VARIABLE',
    target,
  };
}

/** The region an ARN names; `undefined` for a plain name. */
function regionOf(reference: string): string | undefined {
  const region = reference.startsWith('arn:') ? reference.split(':')[3] : undefined;
  return region === '' ? undefined : region;
}

import type { Compatibility, ContainerDefinition, RequiredAttribute, TaskDefinitionContent, Volume } from '#model';
import { networkModeOf } from '#model';
import { isEcrImage } from './image.ts';

const ecsPrefix = 'ecs.capability.';
const comPrefix = 'com.amazonaws.ecs.capability.';

/**
 * The capabilities an instance must have for this definition: agents announce the same names. In the order of the
 * features below, each once. Source: "Amazon ECS container instance attributes" and RegisterTaskDefinition's answers,
 * observed.
 */
export function requiredAttributes(
  content: TaskDefinitionContent,
  compatibilities: readonly Compatibility[],
): readonly RequiredAttribute[] {
  const names = new Set([
    ...taskCapabilities(content, compatibilities),
    ...content.containerDefinitions.flatMap((container) => [
      ...imageCapabilities(container, content),
      ...logCapabilities(container, content),
      ...runtimeCapabilities(container),
      ...secretCapabilities(container),
    ]),
    ...content.volumes.flatMap(volumeCapabilities),
  ]);
  return [...names].map((name) => ({ name }));
}

function dockerApi(minor: number): string {
  return `${comPrefix}docker-remote-api.1.${minor}`;
}

const maxOrdinaryTaskCpuUnits = 10_240;

function taskCapabilities(content: TaskDefinitionContent, compatibilities: readonly Compatibility[]): string[] {
  const networkMode = networkModeOf(content);
  const names: string[] = [];
  if (content.taskRoleArn !== undefined) {
    names.push(`${comPrefix}${networkMode === 'host' ? 'task-iam-role-network-host' : 'task-iam-role'}`);
  }
  if (networkMode === 'awsvpc') names.push(`${ecsPrefix}task-eni`, dockerApi(18));
  if (content.pidMode !== undefined || content.ipcMode !== undefined) {
    names.push(`${ecsPrefix}pid-ipc-namespace-sharing`);
  }
  if (content.proxyConfiguration !== undefined) names.push(`${ecsPrefix}aws-appmesh`);
  if (content.enableFaultInjection === true) names.push(`${ecsPrefix}fault-injection`);
  const sized = content.cpu !== undefined || content.memory !== undefined;
  if (sized && !compatibilities.includes('FARGATE')) {
    names.push(`${ecsPrefix}task-cpu-mem-limit`);
    if (Number(content.cpu ?? 0) > maxOrdinaryTaskCpuUnits) names.push(`${ecsPrefix}increased-task-cpu-limit`);
  }
  return names;
}

function imageCapabilities(container: ContainerDefinition, content: TaskDefinitionContent): string[] {
  const names: string[] = [];
  if (isEcrImage(container.image ?? '')) {
    names.push(`${comPrefix}ecr-auth`);
    if (content.executionRoleArn !== undefined) names.push(`${ecsPrefix}execution-role-ecr-pull`);
  }
  if (container.repositoryCredentials !== undefined) {
    names.push(`${ecsPrefix}private-registry-authentication.secretsmanager`);
  }
  return names;
}

function logCapabilities(container: ContainerDefinition, content: TaskDefinitionContent): string[] {
  const names: string[] = [];
  const { logConfiguration: log, firelensConfiguration: router } = container;
  if (log?.logDriver !== undefined) {
    names.push(`${comPrefix}logging-driver.${log.logDriver}`, dockerApi(hasEntries(log.options) ? 19 : 18));
    if (log.logDriver === 'awslogs' && content.executionRoleArn !== undefined) {
      names.push(`${ecsPrefix}execution-role-awslogs`);
    }
    if (log.options?.['log-driver-buffer-limit'] !== undefined) {
      names.push(`${ecsPrefix}logging-driver.awsfirelens.log-driver-buffer-limit`);
    }
    for (const { valueFrom } of log.secretOptions ?? []) {
      names.push(`${ecsPrefix}secrets.${secretStore(valueFrom)}.bootstrap.log-driver`);
    }
  }
  if (router !== undefined) {
    names.push(`${ecsPrefix}firelens.${router.type}`);
    const fileType = router.options?.['config-file-type'];
    if (fileType !== undefined) names.push(`${ecsPrefix}firelens.options.config.${fileType}`);
  }
  return names;
}

function hasEntries(options: Readonly<Record<string, string>> | undefined): boolean {
  return options !== undefined && Object.keys(options).length > 0;
}

function runtimeCapabilities(container: ContainerDefinition): string[] {
  const names: string[] = [];
  const add = (condition: boolean, ...more: string[]): void => void (condition && names.push(...more));
  const linux = container.linuxParameters;
  const securityOptions = container.dockerSecurityOptions ?? [];
  const ordered = isFilled(container.dependsOn) || container.startTimeout !== undefined;
  add(container.privileged === true, `${comPrefix}privileged-container`);
  add(container.memoryReservation !== undefined, dockerApi(21));
  add(isFilled(container.ulimits), dockerApi(18));
  add(isFilled(linux?.tmpfs) || linux?.sharedMemorySize !== undefined, dockerApi(22));
  add(linux?.initProcessEnabled === true, dockerApi(25));
  add(
    securityOptions.some((option) => option.startsWith('label:')),
    `${comPrefix}selinux`,
  );
  add(
    securityOptions.some((option) => option.startsWith('apparmor:')),
    `${comPrefix}apparmor`,
  );
  add(container.healthCheck !== undefined, `${ecsPrefix}container-health-check`, dockerApi(24));
  add(ordered || container.stopTimeout !== undefined, `${ecsPrefix}container-ordering`);
  add(
    container.portMappings?.some(({ containerPortRange }) => containerPortRange !== undefined) ?? false,
    `${ecsPrefix}network.container-port-range`,
  );
  add(container.restartPolicy?.enabled === true, `${ecsPrefix}container-restart-policy`);
  for (const spec of container.credentialSpecs ?? []) {
    add(true, `${ecsPrefix}${spec.startsWith('credentialspecdomainless:') ? 'gmsa-domainless' : 'gmsa'}`);
  }
  return names;
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

function secretCapabilities(container: ContainerDefinition): string[] {
  return [
    ...(container.secrets ?? []).map(
      ({ valueFrom }) => `${ecsPrefix}secrets.${secretStore(valueFrom)}.environment-variables`,
    ),
    ...(isFilled(container.environmentFiles) ? [`${ecsPrefix}env-files.s3`] : []),
  ];
}

/** Secrets Manager only by ARN; anything else names a parameter of Systems Manager. */
function secretStore(valueFrom: string | undefined): 'asm' | 'ssm' {
  return /^arn:[^:]*:secretsmanager:/.test(valueFrom ?? '') ? 'asm' : 'ssm';
}

function volumeCapabilities(volume: Volume): string[] {
  const { efsVolumeConfiguration: efs, dockerVolumeConfiguration: docker } = volume;
  const names: string[] = [];
  if (efs !== undefined) {
    const { accessPointId, iam } = efs.authorizationConfig ?? {};
    names.push(`${ecsPrefix}efs`);
    if (accessPointId !== undefined || iam === 'ENABLED' || efs.transitEncryption === 'ENABLED') {
      names.push(`${ecsPrefix}efsAuth`);
    }
  }
  if (docker !== undefined) names.push(`${ecsPrefix}docker-plugin.${docker.driver ?? 'local'}`);
  if (volume.fsxWindowsFileServerVolumeConfiguration !== undefined) names.push(`${ecsPrefix}fsxWindowsFileServer`);
  if (volume.s3filesVolumeConfiguration !== undefined) names.push(`${ecsPrefix}storage.s3-files`);
  if (volume.configuredAtLaunch === true) names.push(`${ecsPrefix}storage.ebs-task-volume-attach`);
  return names;
}

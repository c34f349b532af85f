import { isEcrImage } from '../image.ts';
import { isFargateSize } from '../size.ts';
import { refuseDriver } from './logging.ts';
import { eachContainer, eachVolume, firstOf, isGiven, nameOf, type Rule } from './rule.ts';

/** "Task definition differences for Fargate", network mode. Observed, quotation marks included; also when absent. */
const needsAwsvpc: Rule = ({ networkMode }) =>
  networkMode === 'awsvpc' ? undefined : 'Fargate only supports network mode ‘awsvpc’.';

/** "Task definition differences for Fargate", task size. Observed texts. */
const needsSize: Rule = ({ content, windows, quotas }) => {
  if (content.cpu === undefined) return "Fargate requires that 'cpu' be defined at the task level.";
  if (content.memory === undefined) return "Fargate requires that 'memory' be defined at the task level.";
  const armWindows = windows && content.runtimePlatform?.cpuArchitecture === 'ARM64';
  const exists = isFargateSize(Number(content.cpu), Number(content.memory), {
    windows,
    mostVcpus: quotas.vcpusPerFargateTask,
  });
  return exists && !armWindows
    ? undefined
    : `No Fargate configuration exists for given values: ${content.cpu} CPU, ${content.memory} memory. See the Amazon ECS documentation for the valid values.`;
};

/** Observed, quotation marks included. */
const noPrivilege: Rule = eachContainer(({ privileged }) =>
  privileged === true ? 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.' : undefined,
);

/** KernelCapabilities, add: SYS_PTRACE only. Observed text. */
const onlyPtrace: Rule = eachContainer(({ linuxParameters }) =>
  firstOf(linuxParameters?.capabilities?.add, (name) =>
    name === 'SYS_PTRACE' ? undefined : `${name} is not allowed on Fargate.`,
  ),
);

/** Observed for devices, maxSwap, sharedMemorySize and dockerSecurityOptions; the others by the same pattern. */
const noUnsupportedContainerFields: Rule = eachContainer(({ linuxParameters, dockerSecurityOptions = [] }) => {
  const { devices = [], tmpfs = [], maxSwap, sharedMemorySize, swappiness } = linuxParameters ?? {};
  if (devices.length > 0) return unsupported('devices');
  if (maxSwap !== undefined) return unsupported('maxSwap');
  if (sharedMemorySize !== undefined) return unsupported('sharedMemorySize');
  if (swappiness !== undefined) return unsupported('swappiness');
  if (tmpfs.length > 0) return unsupported('tmpfs');
  return dockerSecurityOptions.length > 0 ? unsupported('dockerSecurityOptions') : undefined;
});

function unsupported(field: string): string {
  return `Fargate compatible task definitions do not support ${field}`;
}

/** Observed. */
const noUnsupportedTaskFields: Rule = ({ content }) => {
  if (content.pidMode === 'host') {
    return "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.";
  }
  if (content.ipcMode !== undefined) return unsupported('ipcMode');
  return content.placementConstraints.length > 0 ? unsupported('constraints') : undefined;
};

/** Observed for the first two; FSx by the same pattern. */
const noHostVolumes: Rule = eachVolume((volume) => {
  if (volume.dockerVolumeConfiguration !== undefined) return unsupported('dockerVolumeConfiguration');
  if (isGiven(volume.host?.sourcePath)) return unsupported('sourcePath');
  return volume.fsxWindowsFileServerVolumeConfiguration === undefined
    ? undefined
    : unsupported('fsxWindowsFileServerVolumeConfiguration');
});

/** ResourceRequirement: no devices. Observed for GPUs. */
const noDevices: Rule = eachContainer(({ resourceRequirements }) =>
  firstOf(resourceRequirements, ({ type }) =>
    type === 'GPU' || type === 'NeuronDevice'
      ? `Tasks using the Fargate launch type do not support ${type} resource requirements`
      : undefined,
  ),
);

const fargateDrivers = ['awslogs', 'splunk', 'awsfirelens'];

/** LogConfiguration, logDriver: three on Fargate. Observed text. */
const supportedLogDriver: Rule = eachContainer((container) => refuseDriver(container, fargateDrivers));

/** "Using the awslogs log driver" on Fargate: a stream prefix, and the execution role. Observed texts. */
const awslogsIsComplete: Rule = eachContainer(({ logConfiguration }, { content }) => {
  if (logConfiguration?.logDriver !== 'awslogs') return undefined;
  if (content.executionRoleArn === undefined) {
    return 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
  }
  return isGiven(logConfiguration.options?.['awslogs-stream-prefix'])
    ? undefined
    : 'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.';
});

/** Observed. */
const routerConfigIsFile: Rule = eachContainer(({ firelensConfiguration }) =>
  firelensConfiguration?.options?.['config-file-type'] === 's3'
    ? "Fargate launch type does not support FirelensConfiguration config file from 's3'"
    : undefined,
);

/** "Amazon ECR images with Amazon ECS": pulled with the execution role. Observed text. */
const ecrNeedsExecutionRole: Rule = eachContainer(({ image = '' }, { content }) =>
  isEcrImage(image) && content.executionRoleArn === undefined
    ? 'Fargate requires task definition to have execution role ARN to support ECR images.'
    : undefined,
);

const maxTimeoutSeconds = 120;
const maxOpenFiles = 1_048_576;

/** ContainerDefinition, startTimeout and stopTimeout: 2 to 120 seconds on Fargate. */
const timeoutsAreInBounds: Rule = eachContainer((container) => {
  for (const member of ['startTimeout', 'stopTimeout'] as const) {
    if ((container[member] ?? 0) > maxTimeoutSeconds) {
      return `The '${member}' setting for container '${nameOf(container)}' must be between 2 and ${maxTimeoutSeconds}.`;
    }
  }
  return undefined;
});

/** Ulimit: Fargate's `nofile` goes up to 1048576. */
const openFilesAreInBounds: Rule = eachContainer(({ ulimits }) =>
  firstOf(ulimits, ({ name, hardLimit = 0 }) =>
    name === 'nofile' && (hardLimit > maxOpenFiles || hardLimit < 0)
      ? `Fargate supports a hard limit of at most ${maxOpenFiles} for ulimit nofile`
      : undefined,
  ),
);

const windowsFamilies = /^WINDOWS_SERVER_(2019|2022|2025)_(FULL|CORE)$/;

/** RuntimePlatform and "Windows containers on Fargate". */
const supportedPlatform: Rule = ({ content, windows }) => {
  if (!windows) return undefined;
  const family = content.runtimePlatform?.operatingSystemFamily ?? '';
  if (!windowsFamilies.test(family)) return unsupported(`operatingSystemFamily ${family}`);
  const restarts = content.containerDefinitions.some(({ restartPolicy }) => restartPolicy?.enabled === true);
  return restarts ? unsupported('restartPolicy for Windows containers') : undefined;
};

/** What Fargate asks of a definition, in the order it is checked. */
export const fargateRules: readonly Rule[] = [
  needsAwsvpc,
  needsSize,
  supportedPlatform,
  noPrivilege,
  onlyPtrace,
  noUnsupportedContainerFields,
  noUnsupportedTaskFields,
  noHostVolumes,
  noDevices,
  supportedLogDriver,
  awslogsIsComplete,
  routerConfigIsFile,
  ecrNeedsExecutionRole,
  timeoutsAreInBounds,
  openFilesAreInBounds,
];

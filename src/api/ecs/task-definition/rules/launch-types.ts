import type { Compatibility } from '#model';
import { isEcrImage } from '../image.ts';
import { fargateRules } from './fargate.ts';
import { refuseDriver } from './logging.ts';
import { eachContainer, eachVolume, firstOf, isGiven, type Rule, type Subject } from './rule.ts';

/**
 * What each launch type asks of a definition, Fargate aside. The texts follow the observed
 * `Tasks using the EC2 launch type do not support EphemeralStorage.`
 */
function unsupported(launchType: string, field: string): string {
  return `Tasks using the ${launchType} launch type do not support ${field}.`;
}

/** EphemeralStorage: Fargate only. Observed text for EC2. */
function noEphemeralStorage(launchType: string): Rule {
  return ({ content }) =>
    content.ephemeralStorage === undefined ? undefined : unsupported(launchType, 'EphemeralStorage');
}

/** ResourceRequirement: Neuron devices are for Managed Instances. */
function noNeuron(launchType: string): Rule {
  return eachContainer(({ resourceRequirements }) =>
    firstOf(resourceRequirements, ({ type }) =>
      type === 'NeuronDevice' ? unsupported(launchType, 'NeuronDevice resource requirements') : undefined,
    ),
  );
}

/** RegisterTaskDefinition, networkMode: Windows instances know the default and awsvpc. */
const windowsNetwork: Rule = ({ content, windows }) =>
  windows && (content.networkMode === 'host' || content.networkMode === 'none')
    ? `Windows containers do not support networkMode '${content.networkMode}'`
    : undefined;

const ec2Rules: readonly Rule[] = [noEphemeralStorage('EC2'), noNeuron('EC2'), windowsNetwork];

/**
 * "Task execution IAM role": what needs it on a launch type that has no instance role to lend. Only asked of definitions
 * that are for the launch type: the same definition may yet run on EC2. Texts by the observed ones for Fargate.
 */
function needsExecutionRole(type: Compatibility, label: string, options: { readonly forImages: boolean }): Rule {
  return eachContainer(({ image = '', logConfiguration }, { content }) => {
    if (content.executionRoleArn !== undefined || content.requiresCompatibilities?.includes(type) !== true) {
      return undefined;
    }
    if (logConfiguration?.logDriver === 'awslogs') {
      return `${label} requires task definition to have execution role ARN to support log driver awslogs.`;
    }
    return options.forImages && isEcrImage(image)
      ? `${label} requires task definition to have execution role ARN to support ECR images.`
      : undefined;
  });
}

const externalVolumes = [
  'efsVolumeConfiguration',
  'fsxWindowsFileServerVolumeConfiguration',
  's3filesVolumeConfiguration',
] as const;

/** "Amazon ECS clusters for the external launch type", considerations. */
const externalRules: readonly Rule[] = [
  ({ networkMode }) => (networkMode === 'awsvpc' ? unsupported('EXTERNAL', "networkMode 'awsvpc'") : undefined),
  ({ windows }) => (windows ? unsupported('EXTERNAL', 'Windows containers') : undefined),
  noEphemeralStorage('EXTERNAL'),
  noNeuron('EXTERNAL'),
  eachVolume((volume) => {
    const kind = externalVolumes.find((member) => volume[member] !== undefined);
    if (kind !== undefined) return unsupported('EXTERNAL', kind);
    return volume.configuredAtLaunch === true ? unsupported('EXTERNAL', 'configuredAtLaunch') : undefined;
  }),
  ({ content }) =>
    content.proxyConfiguration === undefined ? undefined : unsupported('EXTERNAL', 'proxyConfiguration'),
  eachContainer(({ resourceRequirements }) =>
    firstOf(resourceRequirements, ({ sharingStrategy }) =>
      sharingStrategy === undefined ? undefined : unsupported('EXTERNAL', 'GPU sharing'),
    ),
  ),
  eachContainer(({ dockerSecurityOptions }) =>
    firstOf(dockerSecurityOptions, (option) =>
      option.startsWith('label:') ? unsupported('EXTERNAL', 'SELinux labels') : undefined,
    ),
  ),
  needsExecutionRole('EXTERNAL', 'EXTERNAL', { forImages: false }),
];

const managedCapabilities: ReadonlySet<string> = new Set(['SYS_PTRACE', 'NET_ADMIN', 'SYS_ADMIN', 'BPF', 'PERFMON']);
const managedMostCpuUnits = 10_240;
const managedDrivers = ['awslogs', 'splunk', 'awsfirelens', 'json-file'];
const managedAttributes = /^\s*attribute:ecs\.(subnet-id|availability-zone|instance-type|cpu-architecture)\b/;

/** "Task definition differences for Amazon ECS Managed Instances". */
const managedInstancesRules: readonly Rule[] = [
  ({ networkMode }) =>
    networkMode === 'awsvpc' || networkMode === 'host' ? undefined : managed(`networkMode '${networkMode}'`),
  ({ windows }) => (windows ? managed('Windows containers') : undefined),
  ({ content }) => (Number(content.cpu ?? 0) > managedMostCpuUnits ? managed('more than 10 vCPU') : undefined),
  needsExecutionRole('MANAGED_INSTANCES', 'Managed Instances', { forImages: true }),
  ({ content }) => {
    if (content.ipcMode !== undefined) return managed('ipcMode');
    if (content.ephemeralStorage !== undefined) return managed('EphemeralStorage');
    return content.proxyConfiguration === undefined ? undefined : managed('proxyConfiguration');
  },
  eachContainer((container) => {
    const {
      links = [],
      extraHosts = [],
      dnsServers = [],
      dnsSearchDomains = [],
      dockerSecurityOptions = [],
    } = container;
    if (links.length > 0) return managed('links');
    if (extraHosts.length > 0) return managed('extraHosts');
    if (dnsServers.length > 0) return managed('dnsServers');
    if (dnsSearchDomains.length > 0) return managed('dnsSearchDomains');
    if (container.hostname !== undefined) return managed('hostname');
    if (container.disableNetworking === true) return managed('disableNetworking');
    return dockerSecurityOptions.length > 0 ? managed('dockerSecurityOptions') : undefined;
  }),
  eachContainer(({ linuxParameters }) => {
    const { capabilities, tmpfs = [], ...memory } = linuxParameters ?? {};
    const refused = capabilities?.add?.find((name) => !managedCapabilities.has(name));
    if (refused !== undefined) return managed(`the capability ${refused}`);
    if (memory.sharedMemorySize !== undefined) return managed('sharedMemorySize');
    if (memory.maxSwap !== undefined) return managed('maxSwap');
    if (memory.swappiness !== undefined) return managed('swappiness');
    return tmpfs.length > 0 ? managed('tmpfs') : undefined;
  }),
  eachContainer((container) => refuseDriver(container, managedDrivers)),
  eachVolume((volume) => {
    if (volume.dockerVolumeConfiguration !== undefined) return managed('dockerVolumeConfiguration');
    if (volume.fsxWindowsFileServerVolumeConfiguration !== undefined) {
      return managed('fsxWindowsFileServerVolumeConfiguration');
    }
    const { sourcePath } = volume.host ?? {};
    return isGiven(sourcePath) && !/^\/(var|tmp)(\/|$)/.test(sourcePath)
      ? managed(`the host path '${sourcePath}'`)
      : undefined;
  }),
  ({ content }) =>
    firstOf(content.placementConstraints, ({ expression }) =>
      managedAttributes.test(expression) ? undefined : managed(`the placement constraint '${expression}'`),
    ),
];

function managed(field: string): string {
  return `Tasks using Managed Instances do not support ${field}.`;
}

const rulesByType: Readonly<Record<Compatibility, readonly Rule[]>> = {
  EXTERNAL: externalRules,
  EC2: ec2Rules,
  FARGATE: fargateRules,
  MANAGED_INSTANCES: managedInstancesRules,
};

/** Why a definition cannot run on a launch type; `undefined` when it can. */
export function refusalOnLaunchType(type: Compatibility, subject: Subject): string | undefined {
  for (const rule of rulesByType[type]) {
    const refusal = rule(subject);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

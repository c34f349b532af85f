import {
  container,
  definition,
  executionRoleArn,
  external,
  managed,
  type RuleCase,
  withContainer,
  withVolume,
} from './case.ts';

const onExternal = { requiresCompatibilities: ['EXTERNAL'] } as const;
const onManaged = { requiresCompatibilities: ['MANAGED_INSTANCES'] } as const;
const onEc2 = { requiresCompatibilities: ['EC2'] } as const;
const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } } as const;
const unsupported = (type: string, field: string) => `Tasks using the ${type} launch type do not support ${field}.`;
const notManaged = (field: string) => `Tasks using Managed Instances do not support ${field}.`;
const sharedGpu = [{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 512 } } }] as const;
const neuron = [{ type: 'NeuronDevice', value: 'ALL' }] as const;

const awslogs = { logDriver: 'awslogs', options: { 'awslogs-group': 'g', 'awslogs-region': 'eu-west-1' } } as const;
const ecr = '000000000000.dkr.ecr.eu-west-1.amazonaws.com/web:1';

const proxy = {
  type: 'APPMESH',
  containerName: 'app',
  properties: Object.entries({ ProxyIngressPort: '1', ProxyEgressPort: '2', AppPorts: '80', IgnoredUID: '3' }).map(
    ([name, value]) => ({ name, value }),
  ),
} as const;

export const launchTypeCases: readonly RuleCase[] = [
  {
    rule: 'external instances need an execution role for awslogs',
    refused: external({}, { logConfiguration: awslogs }),
    text: 'EXTERNAL requires task definition to have execution role ARN to support log driver awslogs.',
    accepted: external({ executionRoleArn }, { logConfiguration: awslogs }),
  },
  {
    rule: 'a definition that is not for external instances needs none',
    refused: external({}, { logConfiguration: awslogs }),
    text: 'EXTERNAL requires task definition to have execution role ARN to support log driver awslogs.',
    accepted: definition({ containerDefinitions: [container({ logConfiguration: awslogs })] }),
  },
  {
    rule: 'external instances have no SELinux labels',
    refused: external({}, { dockerSecurityOptions: ['label:type:svirt_apache'] }),
    text: unsupported('EXTERNAL', 'SELinux labels'),
    accepted: external({}, { dockerSecurityOptions: ['no-new-privileges'] }),
  },
  {
    rule: 'Managed Instances need an execution role for awslogs',
    refused: managed({}, { logConfiguration: awslogs }),
    text: 'Managed Instances requires task definition to have execution role ARN to support log driver awslogs.',
    accepted: managed({ executionRoleArn }, { logConfiguration: awslogs }),
  },
  {
    rule: 'Managed Instances need an execution role for images of ECR',
    refused: managed({}, { image: ecr }),
    text: 'Managed Instances requires task definition to have execution role ARN to support ECR images.',
    accepted: managed({ executionRoleArn }, { image: ecr }),
  },
  {
    rule: 'tasks on Managed Instances have at most 10 vCPU',
    refused: managed({ cpu: '10241' }),
    text: notManaged('more than 10 vCPU'),
    accepted: managed({ cpu: '10 vCPU' }),
  },
  {
    rule: 'EC2 has no ephemeral storage',
    refused: definition({ ...onEc2, ephemeralStorage: { sizeInGiB: 21 } }),
    text: 'Tasks using the EC2 launch type do not support EphemeralStorage.',
    accepted: definition(onEc2),
  },
  {
    rule: 'EC2 has no Neuron devices',
    refused: withContainer({ resourceRequirements: neuron }, onEc2),
    text: unsupported('EC2', 'NeuronDevice resource requirements'),
    accepted: managed({}, { resourceRequirements: neuron }),
  },
  {
    rule: 'Windows has no host network',
    refused: definition({ ...onEc2, ...windows, networkMode: 'host' }),
    text: "Windows containers do not support networkMode 'host'",
    accepted: definition({ ...onEc2, ...windows, networkMode: 'awsvpc' }),
  },
  {
    rule: 'Windows has some network',
    refused: definition({ networkMode: 'none', ...onEc2, ...windows }),
    text: "Windows containers do not support networkMode 'none'",
    accepted: definition({ networkMode: 'awsvpc', ...onEc2, ...windows }),
  },
  {
    rule: 'external instances have no awsvpc',
    refused: external({ networkMode: 'awsvpc' }),
    text: unsupported('EXTERNAL', "networkMode 'awsvpc'"),
    accepted: external({ networkMode: 'host' }),
  },
  {
    rule: 'external instances are Linux',
    refused: external(windows),
    text: unsupported('EXTERNAL', 'Windows containers'),
    accepted: external({ runtimePlatform: { operatingSystemFamily: 'LINUX' } }),
  },
  {
    rule: 'external instances have no Neuron devices',
    refused: external({}, { resourceRequirements: neuron }),
    text: unsupported('EXTERNAL', 'NeuronDevice resource requirements'),
    accepted: managed({}, { resourceRequirements: neuron }),
  },
  {
    rule: 'external instances have no ephemeral storage',
    refused: external({ ephemeralStorage: { sizeInGiB: 21 } }),
    text: unsupported('EXTERNAL', 'EphemeralStorage'),
    accepted: external(),
  },
  {
    rule: 'external instances have no EFS',
    refused: withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, onExternal),
    text: unsupported('EXTERNAL', 'efsVolumeConfiguration'),
    accepted: withVolume({ name: 'v', host: { sourcePath: '/srv' } }, onExternal),
  },
  {
    rule: 'external instances have no EBS',
    refused: withVolume({ name: 'v', configuredAtLaunch: true }, onExternal),
    text: unsupported('EXTERNAL', 'configuredAtLaunch'),
    accepted: withVolume({ name: 'v', configuredAtLaunch: true }, onEc2),
  },
  {
    rule: 'external instances share no GPUs',
    refused: external({}, { resourceRequirements: sharedGpu }),
    text: unsupported('EXTERNAL', 'GPU sharing'),
    accepted: external({}, { resourceRequirements: [{ type: 'GPU', value: '1' }] }),
  },
  {
    rule: 'Managed Instances have awsvpc or host',
    refused: managed({ networkMode: 'bridge' }),
    text: notManaged("networkMode 'bridge'"),
    accepted: managed({ networkMode: 'host' }),
  },
  {
    rule: 'Managed Instances have no IPC mode',
    refused: managed({ ipcMode: 'task' }),
    text: notManaged('ipcMode'),
    accepted: managed({ pidMode: 'host' }),
  },
  {
    rule: 'Managed Instances have no ephemeral storage',
    refused: managed({ ephemeralStorage: { sizeInGiB: 21 } }),
    text: notManaged('EphemeralStorage'),
    accepted: managed(),
  },
  {
    rule: 'Managed Instances have no proxy',
    refused: managed({ proxyConfiguration: proxy }),
    text: notManaged('proxyConfiguration'),
    accepted: definition({ networkMode: 'awsvpc', proxyConfiguration: proxy }),
  },
  {
    rule: 'Managed Instances have no host names',
    refused: managed({ networkMode: 'host' }, { hostname: 'h' }),
    text: notManaged('hostname'),
    accepted: managed({ networkMode: 'host' }),
  },
  {
    rule: 'Managed Instances have no security options',
    refused: managed({}, { dockerSecurityOptions: ['apparmor:unconfined'] }),
    text: notManaged('dockerSecurityOptions'),
    accepted: managed({}, { dockerSecurityOptions: [] }),
  },
  {
    rule: 'Managed Instances add some capabilities',
    refused: managed({}, { linuxParameters: { capabilities: { add: ['SYS_TIME'] } } }),
    text: notManaged('the capability SYS_TIME'),
    accepted: managed({}, { linuxParameters: { capabilities: { add: ['BPF', 'NET_ADMIN'] } } }),
  },
  {
    rule: 'Managed Instances have no shared memory size',
    refused: managed({}, { linuxParameters: { sharedMemorySize: 64 } }),
    text: notManaged('sharedMemorySize'),
    accepted: managed({}, { linuxParameters: { initProcessEnabled: true } }),
  },
  {
    rule: 'Managed Instances have four log drivers',
    refused: managed({}, { logConfiguration: { logDriver: 'syslog' } }),
    text: 'syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens,json-file]',
    accepted: managed({}, { logConfiguration: { logDriver: 'json-file' } }),
  },
  {
    rule: 'Managed Instances have writable host paths only',
    refused: withVolume({ name: 'v', host: { sourcePath: '/etc' } }, onManaged),
    text: notManaged("the host path '/etc'"),
    accepted: withVolume({ name: 'v', host: { sourcePath: '/var/data' } }, onManaged),
  },
  {
    rule: 'Managed Instances have no Docker volumes',
    refused: withVolume({ name: 'v', dockerVolumeConfiguration: {} }, onManaged),
    text: notManaged('dockerVolumeConfiguration'),
    accepted: withVolume({ name: 'v' }, onManaged),
  },
  {
    rule: 'Managed Instances are chosen by four attributes',
    refused: managed({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:color == blue' }] }),
    text: notManaged("the placement constraint 'attribute:color == blue'"),
    accepted: managed({
      placementConstraints: [{ type: 'memberOf', expression: 'attribute:ecs.instance-type == m5.large' }],
    }),
  },
];

import { type ContainerMembers, executionRoleArn, fargate, type RuleCase, withVolume } from './case.ts';

const onFargate = { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '256', memory: '512' } as const;
const windows = { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } as const;
const noConfiguration = (size: string) =>
  `No Fargate configuration exists for given values: ${size}. See the Amazon ECS documentation for the valid values.`;
const unsupported = (field: string) => `Fargate compatible task definitions do not support ${field}`;
const awslogs = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1' };
const ecrImage = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1';

function without(member: 'cpu' | 'memory' | 'networkMode') {
  const { [member]: _, ...rest } = fargate();
  return rest as ReturnType<typeof fargate>;
}

function linux(linuxParameters: NonNullable<ContainerMembers['linuxParameters']>) {
  return fargate({}, { linuxParameters });
}

export const fargateCases: readonly RuleCase[] = [
  {
    rule: 'Fargate needs awsvpc',
    refused: fargate({ networkMode: 'bridge' }),
    text: 'Fargate only supports network mode ‘awsvpc’.',
    accepted: fargate(),
  },
  {
    rule: 'Fargate needs awsvpc to be said',
    refused: without('networkMode'),
    text: 'Fargate only supports network mode ‘awsvpc’.',
    accepted: fargate(),
  },
  {
    rule: 'Fargate needs task cpu',
    refused: without('cpu'),
    text: "Fargate requires that 'cpu' be defined at the task level.",
    accepted: fargate(),
  },
  {
    rule: 'Fargate needs task memory',
    refused: without('memory'),
    text: "Fargate requires that 'memory' be defined at the task level.",
    accepted: fargate(),
  },
  {
    rule: 'Fargate has a table of sizes',
    refused: fargate({ cpu: '256', memory: '4096' }),
    text: noConfiguration('256 CPU, 4096 memory'),
    accepted: fargate({ cpu: '.25 vCPU', memory: '2 GB' }),
  },
  {
    rule: 'Windows needs 1 vCPU on Fargate',
    refused: fargate({ cpu: '512', memory: '1024', runtimePlatform: windows }),
    text: noConfiguration('512 CPU, 1024 memory'),
    accepted: fargate({ cpu: '1024', memory: '2048', runtimePlatform: windows }),
  },
  {
    rule: 'Windows is no ARM64 on Fargate',
    refused: fargate({ cpu: '1024', memory: '2048', runtimePlatform: { ...windows, cpuArchitecture: 'ARM64' } }),
    text: noConfiguration('1024 CPU, 2048 memory'),
    accepted: fargate({ cpu: '1024', memory: '2048', runtimePlatform: { ...windows, cpuArchitecture: 'X86_64' } }),
  },
  {
    rule: 'Fargate runs some Windows versions',
    refused: fargate({
      cpu: '1024',
      memory: '2048',
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2016_FULL' },
    }),
    text: unsupported('operatingSystemFamily WINDOWS_SERVER_2016_FULL'),
    accepted: fargate({
      cpu: '1024',
      memory: '2048',
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2019_FULL' },
    }),
  },
  {
    rule: 'Windows containers do not restart on Fargate',
    refused: fargate({ cpu: '1024', memory: '2048', runtimePlatform: windows }, { restartPolicy: { enabled: true } }),
    text: unsupported('restartPolicy for Windows containers'),
    accepted: fargate({}, { restartPolicy: { enabled: true } }),
  },
  {
    rule: 'Fargate is not privileged',
    refused: fargate({}, { privileged: true }),
    text: 'Fargate requires that the ‘privileged’ setting be ‘false’ at the container level.',
    accepted: fargate({}, { privileged: false }),
  },
  {
    rule: 'Fargate adds SYS_PTRACE only',
    refused: linux({ capabilities: { add: ['SYS_PTRACE', 'NET_ADMIN'] } }),
    text: 'NET_ADMIN is not allowed on Fargate.',
    accepted: linux({ capabilities: { add: ['SYS_PTRACE'], drop: ['NET_RAW'] } }),
  },
  {
    rule: 'Fargate has no devices',
    refused: linux({ devices: [{ hostPath: '/dev/fuse' }] }),
    text: unsupported('devices'),
    accepted: linux({ devices: [] }),
  },
  {
    rule: 'Fargate has no swap',
    refused: linux({ maxSwap: 0 }),
    text: unsupported('maxSwap'),
    accepted: linux({ initProcessEnabled: true }),
  },
  {
    rule: 'Fargate has no swappiness',
    refused: linux({ swappiness: 10 }),
    text: unsupported('swappiness'),
    accepted: linux({}),
  },
  {
    rule: 'Fargate has no shared memory size',
    refused: linux({ sharedMemorySize: 64 }),
    text: unsupported('sharedMemorySize'),
    accepted: linux({}),
  },
  {
    rule: 'Fargate has no tmpfs',
    refused: linux({ tmpfs: [{ containerPath: '/tmp', size: 8 }] }),
    text: unsupported('tmpfs'),
    accepted: linux({ tmpfs: [] }),
  },
  {
    rule: 'Fargate has no security options',
    refused: fargate({}, { dockerSecurityOptions: ['no-new-privileges'] }),
    text: unsupported('dockerSecurityOptions'),
    accepted: fargate({}, { dockerSecurityOptions: [] }),
  },
  {
    rule: 'Fargate shares no process namespace with its host',
    refused: fargate({ pidMode: 'host' }),
    text: "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
    accepted: fargate({ pidMode: 'task' }),
  },
  {
    rule: 'Fargate has no ipcMode',
    refused: fargate({ ipcMode: 'task' }),
    text: unsupported('ipcMode'),
    accepted: fargate(),
  },
  {
    rule: 'Fargate places by itself',
    refused: fargate({ placementConstraints: [{ type: 'memberOf', expression: 'attribute:a == b' }] }),
    text: unsupported('constraints'),
    accepted: fargate({ placementConstraints: [] }),
  },
  {
    rule: 'Fargate has no Docker volumes',
    refused: withVolume({ name: 'v', dockerVolumeConfiguration: {} }, onFargate),
    text: unsupported('dockerVolumeConfiguration'),
    accepted: withVolume({ name: 'v' }, onFargate),
  },
  {
    rule: 'Fargate has no host paths',
    refused: withVolume({ name: 'v', host: { sourcePath: '/srv' } }, onFargate),
    text: unsupported('sourcePath'),
    accepted: withVolume({ name: 'v', host: {} }, onFargate),
  },
  {
    rule: 'Fargate has no GPUs',
    refused: fargate({}, { resourceRequirements: [{ type: 'GPU', value: '1' }] }),
    text: 'Tasks using the Fargate launch type do not support GPU resource requirements',
    accepted: fargate({}, { resourceRequirements: [] }),
  },
  {
    rule: 'Fargate has no Neuron devices',
    refused: fargate({}, { resourceRequirements: [{ type: 'NeuronDevice', value: 'ALL' }] }),
    text: 'Tasks using the Fargate launch type do not support NeuronDevice resource requirements',
    accepted: fargate({}, { resourceRequirements: [] }),
  },
  {
    rule: 'Fargate has no FSx',
    refused: withVolume(
      {
        name: 'v',
        fsxWindowsFileServerVolumeConfiguration: {
          fileSystemId: 'fs-1',
          rootDirectory: 'share',
          authorizationConfig: { credentialsParameter: 'arn:aws:ssm:us-east-1:000000000000:parameter/ad', domain: 'd' },
        },
      },
      { ...onFargate, cpu: '1024', memory: '2048', runtimePlatform: windows },
    ),
    text: unsupported('fsxWindowsFileServerVolumeConfiguration'),
    accepted: withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, onFargate),
  },
  {
    rule: 'Fargate has three log drivers',
    refused: fargate({}, { logConfiguration: { logDriver: 'json-file' } }),
    text: 'json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]',
    accepted: fargate(
      {},
      { logConfiguration: { logDriver: 'splunk', options: { 'splunk-url': 'u', 'splunk-token': 't' } } },
    ),
  },
  {
    rule: 'Fargate awslogs needs an execution role',
    refused: fargate({}, { logConfiguration: { logDriver: 'awslogs', options: awslogs } }),
    text: 'Fargate requires task definition to have execution role ARN to support log driver awslogs.',
    accepted: fargate(
      { executionRoleArn },
      { logConfiguration: { logDriver: 'awslogs', options: { ...awslogs, 'awslogs-stream-prefix': 'web' } } },
    ),
  },
  {
    rule: 'Fargate awslogs needs a stream prefix',
    refused: fargate({ executionRoleArn }, { logConfiguration: { logDriver: 'awslogs', options: awslogs } }),
    text: 'Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.',
    accepted: fargate(
      { executionRoleArn },
      { logConfiguration: { logDriver: 'awslogs', options: { ...awslogs, 'awslogs-stream-prefix': 'web' } } },
    ),
  },
  {
    rule: 'Fargate routers have no file in S3',
    refused: fargate(
      {},
      {
        firelensConfiguration: {
          type: 'fluentbit',
          options: { 'config-file-type': 's3', 'config-file-value': 'arn:aws:s3:::b/f.conf' },
        },
      },
    ),
    text: "Fargate launch type does not support FirelensConfiguration config file from 's3'",
    accepted: fargate(
      {},
      {
        firelensConfiguration: {
          type: 'fluentbit',
          options: { 'config-file-type': 'file', 'config-file-value': '/f' },
        },
      },
    ),
  },
  {
    rule: 'Fargate pulls from ECR with an execution role',
    refused: fargate({}, { image: ecrImage }),
    text: 'Fargate requires task definition to have execution role ARN to support ECR images.',
    accepted: fargate({ executionRoleArn }, { image: ecrImage }),
  },
  {
    rule: 'Fargate timeouts end at 120',
    refused: fargate({}, { stopTimeout: 121 }),
    text: "The 'stopTimeout' setting for container 'app' must be between 2 and 120.",
    accepted: fargate({}, { stopTimeout: 120 }),
  },
  {
    rule: 'Fargate has a highest number of open files',
    refused: fargate({}, { ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 1_048_577 }] }),
    text: 'Fargate supports a hard limit of at most 1048576 for ulimit nofile',
    accepted: fargate({}, { ulimits: [{ name: 'nofile', softLimit: 1024, hardLimit: 1_048_576 }] }),
  },
];

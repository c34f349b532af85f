import { expect, test } from 'vitest';
import {
  container,
  definition,
  executionRoleArn,
  fargate,
  taskRoleArn,
  withContainer,
  withVolume,
} from './cases/case.ts';
import { parseTaskDefinition } from './parse.ts';

const com = (name: string) => `com.amazonaws.ecs.capability.${name}`;
const ecs = (name: string) => `ecs.capability.${name}`;
const docker = (minor: number) => com(`docker-remote-api.1.${minor}`);
const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1';
const awslogs = { 'awslogs-group': '/web', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'web' };
const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf';
const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } } as const;
const fsx = { fileSystemId: 'f', rootDirectory: '/', authorizationConfig: { credentialsParameter: 'p', domain: 'd' } };
const proxyConfiguration = {
  containerName: 'app',
  properties: ['ProxyIngressPort', 'ProxyEgressPort', 'AppPorts', 'IgnoredUID'].map((name) => ({ name, value: '1' })),
};

test.each([
  ['nothing special', definition(), []],
  ['an ECR image', withContainer({ image }), [com('ecr-auth')]],
  [
    'an ECR image with a role',
    withContainer({ image }, { executionRoleArn }),
    [com('ecr-auth'), ecs('execution-role-ecr-pull')],
  ],
  ['a task role', definition({ taskRoleArn }), [com('task-iam-role')]],
  [
    'a task role on the host network',
    definition({ taskRoleArn, networkMode: 'host' }),
    [com('task-iam-role-network-host')],
  ],
  ['awsvpc', definition({ networkMode: 'awsvpc' }), [ecs('task-eni'), docker(18)]],
  ['Fargate', fargate(), [ecs('task-eni'), docker(18)]],
  [
    'awslogs',
    withContainer({ logConfiguration: { logDriver: 'awslogs', options: awslogs } }, { executionRoleArn }),
    [com('logging-driver.awslogs'), docker(19), ecs('execution-role-awslogs')],
  ],
  [
    'a driver without options',
    withContainer({ logConfiguration: { logDriver: 'json-file' } }),
    [com('logging-driver.json-file'), docker(18)],
  ],
  [
    'FireLens',
    definition({
      containerDefinitions: [
        container({
          logConfiguration: { logDriver: 'awsfirelens', options: { 'log-driver-buffer-limit': '1' } },
        }),
        container({
          name: 'router',
          firelensConfiguration: { type: 'fluentbit', options: { 'config-file-type': 's3', 'config-file-value': 'v' } },
        }),
      ],
    }),
    [
      com('logging-driver.awsfirelens'),
      docker(19),
      ecs('logging-driver.awsfirelens.log-driver-buffer-limit'),
      ecs('firelens.fluentbit'),
      ecs('firelens.options.config.s3'),
    ],
  ],
  ['privileged', withContainer({ privileged: true }), [com('privileged-container')]],
  ['a memory reservation', withContainer({ memoryReservation: 64 }), [docker(21)]],
  ['ulimits', withContainer({ ulimits: [{ name: 'core', softLimit: 0, hardLimit: 0 }] }), [docker(18)]],
  ['shared memory', withContainer({ linuxParameters: { sharedMemorySize: 64 } }), [docker(22)]],
  ['tmpfs', withContainer({ linuxParameters: { tmpfs: [{ containerPath: '/t', size: 1 }] } }), [docker(22)]],
  ['an init process', withContainer({ linuxParameters: { initProcessEnabled: true } }), [docker(25)]],
  ['SELinux', withContainer({ dockerSecurityOptions: ['label:disable'] }), [com('selinux')]],
  ['AppArmor', withContainer({ dockerSecurityOptions: ['apparmor:unconfined'] }), [com('apparmor')]],
  [
    'a health check',
    withContainer({ healthCheck: { command: ['CMD', 'true'] } }),
    [ecs('container-health-check'), docker(24)],
  ],
  [
    'secrets',
    withContainer(
      {
        secrets: [
          { name: 'A', valueFrom: 'parameter' },
          { name: 'B', valueFrom: secretArn },
        ],
      },
      { executionRoleArn },
    ),
    [ecs('secrets.ssm.environment-variables'), ecs('secrets.asm.environment-variables')],
  ],
  [
    'secret log options',
    withContainer(
      {
        logConfiguration: {
          logDriver: 'splunk',
          options: { 'splunk-url': 'u' },
          secretOptions: [{ name: 'splunk-token', valueFrom: secretArn }],
        },
      },
      { executionRoleArn },
    ),
    [com('logging-driver.splunk'), docker(19), ecs('secrets.asm.bootstrap.log-driver')],
  ],
  [
    'registry credentials',
    withContainer({ repositoryCredentials: { credentialsParameter: 'p' } }, { executionRoleArn }),
    [ecs('private-registry-authentication.secretsmanager')],
  ],
  [
    'environment files',
    withContainer({ environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::b/.env' }] }),
    [ecs('env-files.s3')],
  ],
  ['a stop timeout', withContainer({ stopTimeout: 10 }), [ecs('container-ordering')]],
  ['a process namespace', definition({ pidMode: 'task' }), [ecs('pid-ipc-namespace-sharing')]],
  ['an IPC namespace', definition({ ipcMode: 'none' }), [ecs('pid-ipc-namespace-sharing')]],
  ['a task size', definition({ memory: '512' }), [ecs('task-cpu-mem-limit')]],
  ['a large task', definition({ cpu: '11 vCPU' }), [ecs('task-cpu-mem-limit'), ecs('increased-task-cpu-limit')]],
  ['EFS', withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'f' } }), [ecs('efs')]],
  [
    'EFS with encryption',
    withVolume({ name: 'v', efsVolumeConfiguration: { fileSystemId: 'f', transitEncryption: 'ENABLED' } }),
    [ecs('efs'), ecs('efsAuth')],
  ],
  [
    'FSx',
    withVolume({ name: 'v', fsxWindowsFileServerVolumeConfiguration: fsx }, windows),
    [ecs('fsxWindowsFileServer')],
  ],
  [
    'S3 Files',
    withVolume({ name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'a' } }, { taskRoleArn }),
    [com('task-iam-role'), ecs('storage.s3-files')],
  ],
  ['a Docker volume', withVolume({ name: 'v', dockerVolumeConfiguration: {} }), [ecs('docker-plugin.local')]],
  ['EBS', withVolume({ name: 'v', configuredAtLaunch: true }), [ecs('storage.ebs-task-volume-attach')]],
  [
    'App Mesh',
    definition({ networkMode: 'awsvpc', proxyConfiguration }),
    [ecs('task-eni'), docker(18), ecs('aws-appmesh')],
  ],
  [
    'a port range',
    withContainer({ portMappings: [{ containerPortRange: '80-90' }] }),
    [ecs('network.container-port-range')],
  ],
  ['a restart policy', withContainer({ restartPolicy: { enabled: true } }), [ecs('container-restart-policy')]],
  ['fault injection', definition({ enableFaultInjection: true }), [ecs('fault-injection')]],
  ['a credential spec', withContainer({ credentialSpecs: ['credentialspec:arn:aws:s3:::b/c'] }), [ecs('gmsa')]],
  [
    'a credential spec without a domain',
    withContainer({ credentialSpecs: ['credentialspecdomainless:arn:aws:s3:::b/c'] }),
    [ecs('gmsa-domainless')],
  ],
])('%s', (_, input, names) => {
  expect(parseTaskDefinition(input).requiresAttributes).toEqual(names.map((name) => ({ name })));
});

import { describe, expect, it } from 'vitest';
import { apiHarness } from '../../../../test/support/api-harness.ts';
import { expectRule, type Rule } from '../../../../test/support/rules.ts';

const container = (members: object = {}) => ({ name: 'app', image: 'agent:1', memory: 64, ...members });
const containers = (...containerDefinitions: object[]) => ({ containerDefinitions });
const mounted = container({ mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }] });
const volumes = (...members: object[]) => ({ volumes: members, ...containers(mounted) });
const logs = { logDriverVolumeConfiguration: { driver: 'json-file' } };
const control = (namespace: string) => containers(container({ systemControls: [{ namespace, value: '1' }] }));

const rules: Rule[] = [
  {
    rule: 'a family is given',
    refused: { family: '' },
    text: 'Family should not be null or empty.',
    accepted: { family: 'f' },
  },
  {
    rule: 'a family has the characters allowed',
    refused: { family: 'a b' },
    text: 'Family contains invalid characters.',
    accepted: { family: 'a-b_1' },
  },
  {
    rule: 'there is a container',
    refused: containers(),
    text: 'Container list cannot be empty',
    accepted: containers(container()),
  },
  {
    rule: 'container names are unique',
    refused: containers(container(), container()),
    text: 'Container names must be unique within a task definition',
    accepted: containers(container(), container({ name: 'other' })),
  },
  {
    rule: 'some container is essential',
    refused: containers(container({ essential: false })),
    text: "Task definition doesn't have any essential container",
    accepted: containers(container(), container({ name: 'other', essential: false })),
  },
  {
    rule: 'a container has memory',
    refused: containers(container({ memory: undefined })),
    text: "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified.",
    accepted: { ...containers(container({ memory: undefined })), memory: '128' },
  },
  {
    rule: 'cpu is a size',
    refused: { cpu: 'much' },
    text: "Invalid 'cpu' setting for task.",
    accepted: { cpu: '.25 vCPU' },
  },
  {
    rule: 'memory is a size',
    refused: { memory: 'much' },
    text: "Invalid 'memory' setting for task.",
    accepted: { memory: '0.5 GB' },
  },
  {
    rule: 'roles are names or ARNs',
    refused: { taskRoleArn: 'arn:aws:iam::1:role/x' },
    text: 'Role is not valid',
    accepted: { taskRoleArn: 'daemon' },
  },
  {
    rule: 'a volume is mounted',
    refused: { volumes: [{ name: 'v' }] },
    text: 'Volumes [v] are not referenced by any of the containers',
    accepted: volumes({ name: 'v' }),
  },
  {
    rule: 'a volume is of the host or of logs',
    refused: volumes({ name: 'v', host: {}, ...logs }),
    text: "Volume 'v' must specify only one of [host,logDriverVolumeConfiguration].",
    accepted: volumes({ name: 'v', ...logs }),
  },
  {
    rule: 'logs are those of json-file',
    refused: volumes({ name: 'v', logDriverVolumeConfiguration: { driver: 'syslog' } }),
    text: "Volume 'v': the only supported value of logDriverVolumeConfiguration.driver is 'json-file'.",
    accepted: volumes({ name: 'v', ...logs }),
  },
  {
    rule: 'a shared IPC namespace is not changed',
    refused: { ipcMode: 'shared', ...control('kernel.sem') },
    text: "IPC namespace systemControls are not supported when ipcMode=shared: 'kernel.sem'.",
    accepted: { ipcMode: 'none', ...control('kernel.sem') },
  },
  {
    rule: 'a process namespace is its own or shared',
    refused: { pidMode: 'host' },
    code: 'InvalidParameterException',
    text: "1 validation error detected: Value 'host' at 'pidMode' failed to satisfy constraint: Member must satisfy enum value set: [none, shared]",
    accepted: { pidMode: 'shared' },
  },
  {
    rule: 'an IPC namespace is its own or shared',
    refused: { ipcMode: 'host' },
    code: 'InvalidParameterException',
    text: "1 validation error detected: Value 'host' at 'ipcMode' failed to satisfy constraint: Member must satisfy enum value set: [none, shared]",
    accepted: { ipcMode: 'shared' },
  },
  {
    rule: 'a definition has at most 64 KiB',
    refused: containers(container({ command: ['x'.repeat(65_536)] })),
    text: "Max allowed length is '65536' bytes.",
    accepted: containers(container({ command: ['x'.repeat(60_000)] })),
  },
  {
    rule: 'empty tags are refused',
    refused: { tags: [] },
    text: 'Tags can not be empty.',
    accepted: { tags: [{ key: 'a', value: 'b' }] },
  },
];

describe('RegisterDaemonTaskDefinition', () => {
  const right = { family: 'logs', containerDefinitions: [container()] };

  it.each(rules)('$rule', async (rule) => {
    const code = 'ClientException';
    await expectRule(await apiHarness(), ['RegisterDaemonTaskDefinition', right], { code, ...rule });
  });

  it.each([
    ['networkMode', 'awsvpc'],
    ['requiresCompatibilities', ['FARGATE']],
    ['placementConstraints', [{ type: 'distinctInstance' }]],
    ['proxyConfiguration', { containerName: 'nope' }],
    ['ephemeralStorage', { sizeInGiB: 1 }],
    ['inferenceAccelerators', [{ deviceName: 'd', deviceType: 'e' }]],
  ])('has no %s, and reads none', async (member, value) => {
    const { call } = await apiHarness();
    await call('RegisterDaemonTaskDefinition', { ...right, [member]: value });
    const { daemonTaskDefinition } = await call('DescribeDaemonTaskDefinition', { daemonTaskDefinition: 'logs' });
    expect(daemonTaskDefinition).not.toHaveProperty(member);
  });

  it.each(['portMappings', 'links', 'volumesFrom', 'hostname', 'resourceRequirements', 'credentialSpecs'])(
    'has no container with %s, and reads none',
    async (member) => {
      const { call } = await apiHarness();
      await call('RegisterDaemonTaskDefinition', { ...right, ...containers(container({ [member]: [{}] })) });
      const { daemonTaskDefinition } = await call('DescribeDaemonTaskDefinition', { daemonTaskDefinition: 'logs' });
      expect(daemonTaskDefinition.containerDefinitions[0]).not.toHaveProperty(member);
    },
  );
});

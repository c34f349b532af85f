import { apiHarness } from './api-harness.ts';
import { expectRule, type Rule } from './rules.ts';

/** A rule of CreateService and UpdateService. */
export interface ServiceRule extends Rule {
  /** What the service is, of `serviceWorld`; the Fargate one by default. */
  readonly on?: keyof typeof kinds;
  /** Where only one of the operations has it. */
  readonly operations?: readonly ('CreateService' | 'UpdateService')[];
}

const ports = [
  { containerPort: 80, name: 'http', appProtocol: 'http' },
  { containerPort: 9000, name: 'raw' },
];
const app = { name: 'app', image: 'app:1', portMappings: ports };
const fargate = { networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512' };
const disk = { volumes: [{ name: 'disk', configuredAtLaunch: true }] };
const mounted = { ...app, mountPoints: [{ sourceVolume: 'disk', containerPath: '/d' }] };
const probed = { ...app, healthCheck: { command: ['CMD', 'true'] } };

/** Services by what they run: the definition, and whether it is on Fargate. */
const kinds = {
  fargate: { definition: { ...fargate, containerDefinitions: [app] }, launchType: 'FARGATE' },
  probed: { definition: { ...fargate, containerDefinitions: [probed] }, launchType: 'FARGATE' },
  disk: { definition: { ...fargate, ...disk, containerDefinitions: [mounted] }, launchType: 'FARGATE' },
  awsvpc: { definition: { networkMode: 'awsvpc', memory: '64', containerDefinitions: [app] }, launchType: 'EC2' },
  bridge: { definition: { memory: '64', containerDefinitions: [app] }, launchType: 'EC2' },
  plain: { definition: { containerDefinitions: [{ ...app, memory: 16 }] }, launchType: 'EC2' },
  named: { definition: { memory: '64', containerDefinitions: [{ ...app, hostname: 'h' }] }, launchType: 'EC2' },
  linked: {
    definition: {
      memory: '64',
      containerDefinitions: [app, { name: 'side', image: 'app:1', links: ['app'], essential: false }],
    },
    launchType: 'EC2',
  },
  host: { definition: { networkMode: 'host', memory: '64', containerDefinitions: [app] }, launchType: 'EC2' },
  external: { definition: { memory: '64', containerDefinitions: [app] }, launchType: 'EXTERNAL' },
  isolated: {
    definition: { networkMode: 'none', memory: '64', containerDefinitions: [{ name: 'app', image: 'app:1' }] },
    launchType: 'EC2',
  },
  windows: {
    definition: {
      ...fargate,
      cpu: '1024',
      memory: '2048',
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE', cpuArchitecture: 'X86_64' },
      containerDefinitions: [app],
    },
    launchType: 'FARGATE',
  },
} as const;

/** A cluster with a definition, and a CreateService request that is right, of one kind. */
export async function serviceWorld(kind: keyof typeof kinds = 'fargate') {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  await harness.addHost({ cluster: 'default' });
  await harness.call('CreateHttpNamespace', { Name: 'internal' }, { service: 'servicediscovery' });
  const { definition, launchType } = kinds[kind];
  for (let revision = 0; revision < 2; revision++) {
    await harness.call('RegisterTaskDefinition', { family: 'web', ...definition });
  }
  const ownInterface = 'networkMode' in definition && definition.networkMode === 'awsvpc';
  const networkConfiguration = { awsvpcConfiguration: { subnets: await harness.subnets() } };
  const create = {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 1,
    launchType,
    ...(ownInterface ? { networkConfiguration } : {}),
  };
  return { ...harness, create };
}

/** Asserts a rule of both operations, as far as they have it; `always` is in every CreateService request. */
export async function expectServiceRule(
  rule: ServiceRule,
  reached?: string | RegExp,
  always: object = {},
): Promise<void> {
  for (const operation of rule.operations ?? ['CreateService', 'UpdateService']) {
    const world = await serviceWorld(rule.on);
    const create = { ...world.create, ...always };
    if (operation === 'UpdateService') await world.call('CreateService', create);
    const request = operation === 'CreateService' ? create : { service: 'web' };
    await expectRule(world, [operation, request], rule, reached);
  }
}

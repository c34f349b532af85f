import { definition, fargate, type RuleCase, withContainer } from './case.ts';

const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } } as const;
const ports = [
  { name: 'ProxyIngressPort', value: '15000' },
  { name: 'ProxyEgressPort', value: '15001' },
  { name: 'AppPorts', value: '8080' },
  { name: 'IgnoredUID', value: '1337' },
];

function proxied(names: readonly string[], task: Parameters<typeof definition>[0] = {}) {
  return definition({
    networkMode: 'awsvpc',
    proxyConfiguration: { containerName: 'app', properties: ports.filter(({ name }) => names.includes(name)) },
    ...task,
  });
}

const all = ports.map(({ name }) => name);

function without(name: string) {
  return proxied(all.filter((other) => other !== name));
}

function constrained(expression: string, type: 'memberOf' = 'memberOf') {
  return definition({ placementConstraints: [{ type, expression }] });
}

export const platformCases: readonly RuleCase[] = [
  {
    rule: 'capabilities are known',
    refused: withContainer({ linuxParameters: { capabilities: { drop: ['CAP_CHOWN'] } } }),
    text: "Invalid 'capabilities' setting. Unknown capability: 'CAP_CHOWN'.",
    accepted: withContainer({ linuxParameters: { capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } } }),
  },
  {
    rule: 'tmpfs has an absolute path',
    refused: withContainer({ linuxParameters: { tmpfs: [{ containerPath: 'tmp', size: 1 }] } }),
    text: "Invalid 'tmpfs' setting for container 'app'.",
    accepted: withContainer({ linuxParameters: { tmpfs: [{ containerPath: '/tmp', size: 1 }] } }),
  },
  {
    rule: 'tmpfs has mount options of the list',
    refused: withContainer({
      linuxParameters: { tmpfs: [{ containerPath: '/tmp', size: 1, mountOptions: ['fast'] }] },
    }),
    text: "Invalid 'tmpfs' setting for container 'app'.",
    accepted: withContainer({
      linuxParameters: { tmpfs: [{ containerPath: '/tmp', size: 1, mountOptions: ['mode=1777', 'ro'] }] },
    }),
  },
  {
    rule: 'swap is not negative',
    refused: withContainer({ linuxParameters: { maxSwap: -1 } }),
    text: "Invalid 'maxSwap' setting for container 'app'.",
    accepted: withContainer({ linuxParameters: { maxSwap: 0 } }),
  },
  {
    rule: 'swappiness is a percentage',
    refused: withContainer({ linuxParameters: { maxSwap: 64, swappiness: 101 } }),
    text: "Invalid 'swappiness' setting for container 'app'.",
    accepted: withContainer({ linuxParameters: { maxSwap: 64, swappiness: 100 } }),
  },
  {
    rule: 'Windows containers are no Linux containers',
    refused: withContainer({ privileged: true }, windows),
    text: 'Windows containers do not support privileged',
    accepted: withContainer({ privileged: false }, windows),
  },
  {
    rule: 'Windows has no system controls',
    refused: withContainer({ systemControls: [{ namespace: 'net.core.somaxconn', value: '1' }] }, windows),
    text: 'Windows containers do not support systemControls',
    accepted: withContainer({ systemControls: [] }, windows),
  },
  {
    rule: 'Windows has its own process namespaces',
    refused: definition({ ...windows, pidMode: 'task' }),
    text: 'Windows containers do not support pidMode',
    accepted: definition({ pidMode: 'task' }),
  },
  {
    rule: 'Windows has its own IPC namespaces',
    refused: definition({ ...windows, ipcMode: 'task' }),
    text: 'Windows containers do not support ipcMode',
    accepted: definition({ ipcMode: 'task' }),
  },
  {
    rule: 'ARM64 is Linux',
    refused: definition({ runtimePlatform: { ...windows.runtimePlatform, cpuArchitecture: 'ARM64' } }),
    text: 'Windows containers do not support the ARM64 cpuArchitecture',
    accepted: definition({ runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' } }),
  },
  {
    rule: 'a GPU is taken or shared',
    refused: withContainer({ resourceRequirements: [{ type: 'GPU', value: 'some' }] }),
    text: "Invalid 'resourceRequirements' setting. A GPU requirement must specify either 'value' or 'sharingStrategy'.",
    accepted: withContainer({ resourceRequirements: [{ type: 'GPU', value: '2' }] }),
  },
  {
    rule: 'GPUs are all taken or all shared',
    refused: withContainer({
      resourceRequirements: [
        { type: 'GPU', value: 'ALL' },
        { type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1024 } } },
      ],
    }),
    text: "Invalid 'resourceRequirements' setting. All containers of a task must share GPUs, or none.",
    accepted: withContainer({
      resourceRequirements: [{ type: 'GPU', sharingStrategy: { nvidiaMps: { memory: 1024 } } }],
    }),
  },
  {
    rule: 'Neuron devices are taken all together',
    refused: withContainer({ resourceRequirements: [{ type: 'NeuronDevice', value: '1' }] }),
    text: "Invalid 'resourceRequirements' setting. NeuronDevice must have the value ALL, in one container only.",
    accepted: withContainer(
      { resourceRequirements: [{ type: 'NeuronDevice', value: 'ALL' }] },
      { networkMode: 'awsvpc', requiresCompatibilities: ['MANAGED_INSTANCES'] },
    ),
  },
  {
    rule: 'a placement constraint is memberOf',
    refused: constrained('', 'distinctInstance' as 'memberOf'),
    text: "Placement constraint type 'distinctInstance' is not supported in a task definition.",
    accepted: constrained('attribute:ecs.instance-type =~ t2.*'),
  },
  {
    rule: 'at most ten placement constraints',
    refused: definition({
      placementConstraints: Array.from({ length: 11 }, () => ({ type: 'memberOf', expression: 'attribute:a == b' })),
    }),
    text: 'Maximum number of constraints is 10.',
    accepted: definition({
      placementConstraints: Array.from({ length: 10 }, () => ({ type: 'memberOf', expression: 'attribute:a == b' })),
    }),
  },
  {
    rule: 'the proxy needs awsvpc',
    refused: proxied(all, { networkMode: 'bridge' }),
    text: 'Proxy configuration is not supported when networkMode=bridge.',
    accepted: proxied(all),
  },
  {
    rule: 'the proxy is a container',
    refused: proxied(all, { proxyConfiguration: { containerName: 'nope', properties: ports } }),
    text: "Invalid 'proxyConfiguration' setting. Unknown container: 'nope'.",
    accepted: proxied(all),
  },
  {
    rule: 'the proxy has an ingress port',
    refused: without('ProxyIngressPort'),
    text: 'Ingress port not found',
    accepted: proxied(all),
  },
  {
    rule: 'the proxy has an egress port',
    refused: without('ProxyEgressPort'),
    text: 'Egress port not found',
    accepted: proxied(all),
  },
  {
    rule: 'the proxy has the ports of the application',
    refused: without('AppPorts'),
    text: 'App ports not found',
    accepted: proxied(all),
  },
  {
    rule: 'the proxy ignores itself',
    refused: without('IgnoredUID'),
    text: 'Ignored UID or ignored GID not found',
    accepted: proxied(all),
  },
  {
    rule: 'a definition has at most 64 KiB',
    refused: withContainer({ command: ['x'.repeat(65_536)] }),
    text: "Actual length: '65794'. Max allowed length is '65536' bytes.",
    accepted: withContainer({ command: ['x'.repeat(65_000)] }),
  },
  {
    rule: 'what can run nowhere is refused',
    refused: definition({ ephemeralStorage: { sizeInGiB: 30 } }),
    text: 'Tasks using the EC2 launch type do not support EphemeralStorage.',
    accepted: fargate({ ephemeralStorage: { sizeInGiB: 30 } }),
  },
];

import { container, definition, type RuleCase, withContainer } from './case.ts';

const awsvpc = { networkMode: 'awsvpc' } as const;
const host = { networkMode: 'host' } as const;

export const networkCases: readonly RuleCase[] = [
  {
    rule: 'links need bridge mode',
    refused: definition({ ...awsvpc, containerDefinitions: [container({ links: ['db'] }), container({ name: 'db' })] }),
    text: 'Links are not supported when networkMode=awsvpc.',
    accepted: definition({ containerDefinitions: [container({ links: ['db:database'] }), container({ name: 'db' })] }),
  },
  {
    rule: 'links name a container',
    refused: withContainer({ links: ['nope:alias'] }),
    text: "Invalid 'links' setting. Unknown container: 'nope'.",
    accepted: withContainer({ links: [] }),
  },
  {
    rule: 'links have no cycle',
    refused: definition({
      containerDefinitions: [container({ links: ['b'] }), container({ name: 'b', links: ['app'] })],
    }),
    text: 'Container links should not have a cycle',
    accepted: definition({ containerDefinitions: [container({ links: ['b'] }), container({ name: 'b' })] }),
  },
  {
    rule: 'awsvpc has no hostname',
    refused: withContainer({ hostname: 'h' }, awsvpc),
    text: 'hostname is not supported on container when networkMode=awsvpc.',
    accepted: withContainer({ hostname: 'h' }),
  },
  {
    rule: 'awsvpc has no extra hosts',
    refused: withContainer({ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }, awsvpc),
    text: 'Extra hosts are not supported on container when networkMode=awsvpc.',
    accepted: withContainer({ extraHosts: [{ hostname: 'h', ipAddress: '10.0.0.1' }] }),
  },
  {
    rule: 'awsvpc has no DNS servers',
    refused: withContainer({ dnsServers: ['10.0.0.2'] }, awsvpc),
    text: 'DNS servers are not supported on container when networkMode=awsvpc.',
    accepted: withContainer({ dnsServers: [] }, awsvpc),
  },
  {
    rule: 'awsvpc has no DNS search domains',
    refused: withContainer({ dnsSearchDomains: ['example.com'] }, awsvpc),
    text: 'DNS search domains are not supported on container when networkMode=awsvpc.',
    accepted: withContainer({ dnsSearchDomains: ['example.com'] }),
  },
  {
    rule: 'awsvpc cannot disable the network',
    refused: withContainer({ disableNetworking: true }, awsvpc),
    text: 'Disable Networking is not supported on container when networkMode=awsvpc',
    accepted: withContainer({ disableNetworking: false }, awsvpc),
  },
  {
    rule: 'system controls are namespaced',
    refused: withContainer({ systemControls: [{ namespace: 'vm.swappiness', value: '1' }] }),
    text: "Invalid 'systemControls' setting. Unsupported namespace: 'vm.swappiness'.",
    accepted: withContainer({ systemControls: [{ namespace: 'fs.mqueue.msg_max', value: '10' }] }),
  },
  {
    rule: 'network system controls need a network of their own',
    refused: withContainer({ systemControls: [{ namespace: 'net.core.somaxconn', value: '1024' }] }, host),
    text: "Network namespace systemControls are not supported when networkMode=host: 'net.core.somaxconn'.",
    accepted: withContainer({ systemControls: [{ namespace: 'net.core.somaxconn', value: '1024' }] }),
  },
  {
    rule: 'IPC system controls need an IPC namespace of their own',
    refused: withContainer({ systemControls: [{ namespace: 'kernel.shmmax', value: '1' }] }, { ipcMode: 'host' }),
    text: "IPC namespace systemControls are not supported when ipcMode=host: 'kernel.shmmax'.",
    accepted: withContainer({ systemControls: [{ namespace: 'kernel.shmmax', value: '1' }] }, { ipcMode: 'task' }),
  },
  {
    rule: 'a port mapping has a container port',
    refused: withContainer({ portMappings: [{ hostPort: 80 }] }),
    text: "Invalid 'containerPort' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ hostPort: 80, containerPort: 1 }] }),
  },
  {
    rule: 'container ports end at 65535',
    refused: withContainer({ portMappings: [{ containerPort: 65_536 }] }),
    text: "Invalid 'containerPort' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPort: 65_535 }] }),
  },
  {
    rule: 'host ports end at 65535',
    refused: withContainer({ portMappings: [{ containerPort: 80, hostPort: 65_536 }] }),
    text: "Invalid 'hostPort' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPort: 80, hostPort: 65_535 }] }),
  },
  {
    rule: 'a mapping is of one port or of a range',
    refused: withContainer({ portMappings: [{ containerPort: 80, containerPortRange: '80-90' }] }),
    text: 'cannot specify both single port and port range',
    accepted: withContainer({ portMappings: [{ containerPortRange: '80-90' }] }),
  },
  {
    rule: 'a range ascends',
    refused: withContainer({ portMappings: [{ containerPortRange: '90-80' }] }),
    text: "Invalid 'containerPortRange' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPortRange: '80-81' }] }),
  },
  {
    rule: 'at most 100 ranges',
    refused: withContainer({
      portMappings: Array.from({ length: 101 }, (_, index) => ({
        containerPortRange: `${index * 2 + 1}-${index * 2 + 2}`,
      })),
    }),
    text: "Invalid 'containerPortRange' setting for container 'app'.",
    accepted: withContainer({
      portMappings: Array.from({ length: 100 }, (_, index) => ({
        containerPortRange: `${index * 2 + 1}-${index * 2 + 2}`,
      })),
    }),
  },
  {
    rule: 'ranges do not overlap',
    refused: withContainer({ portMappings: [{ containerPortRange: '80-90' }, { containerPort: 90 }] }),
    text: "Invalid 'containerPortRange' setting for container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPortRange: '80-90' }, { containerPort: 91 }] }),
  },
  {
    rule: 'host mode has no ranges',
    refused: withContainer({ portMappings: [{ containerPortRange: '80-90' }] }, host),
    text: 'containerPortRange is not supported when networkMode=host.',
    accepted: withContainer({ portMappings: [{ containerPortRange: '80-90' }] }, awsvpc),
  },
  {
    rule: 'awsvpc maps a port to itself',
    refused: withContainer({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }, awsvpc),
    text: 'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
    accepted: withContainer({ portMappings: [{ containerPort: 80, hostPort: 0 }] }, awsvpc),
  },
  {
    rule: 'host mode maps a port to itself',
    refused: withContainer({ portMappings: [{ containerPort: 80, hostPort: 8080 }] }, host),
    text: 'When networkMode=host, the host ports and container ports in port mappings must match.',
    accepted: withContainer({ portMappings: [{ containerPort: 80, hostPort: 80 }] }, host),
  },
  {
    rule: 'no network, no ports',
    refused: withContainer({ portMappings: [{ containerPort: 80 }] }, { networkMode: 'none' }),
    text: 'Port mappings are not supported when networkMode=none.',
    accepted: withContainer({ portMappings: [] }, { networkMode: 'none' }),
  },
  {
    rule: 'one port, one protocol',
    refused: withContainer({ portMappings: [{ containerPort: 53 }, { containerPort: 53, protocol: 'udp' }] }),
    text: "Container port '53' cannot be exposed for multiple protocols in container 'app'.",
    accepted: withContainer({ portMappings: [{ containerPort: 53 }, { containerPort: 54, protocol: 'udp' }] }),
  },
  {
    rule: 'awsvpc containers share their ports',
    refused: definition({
      ...awsvpc,
      containerDefinitions: [
        container({ portMappings: [{ containerPort: 8085 }] }),
        container({ name: 'b', portMappings: [{ containerPort: 8085 }] }),
      ],
    }),
    text: "TCP container port '8085' is used multiple times in task when networkMode=awsvpc.",
    accepted: definition({
      containerDefinitions: [
        container({ portMappings: [{ containerPort: 8085 }] }),
        container({ name: 'b', portMappings: [{ containerPort: 8085 }] }),
      ],
    }),
  },
  {
    rule: 'awsvpc containers share their port ranges',
    refused: definition({
      ...awsvpc,
      containerDefinitions: [
        container({ portMappings: [{ containerPortRange: '8080-8090', protocol: 'udp' }] }),
        container({ name: 'b', portMappings: [{ containerPort: 8085, protocol: 'udp' }] }),
      ],
    }),
    text: "UDP container port '8085' is used multiple times in task when networkMode=awsvpc.",
    accepted: definition({
      ...awsvpc,
      containerDefinitions: [
        container({ portMappings: [{ containerPortRange: '8080-8090', protocol: 'udp' }] }),
        container({ name: 'b', portMappings: [{ containerPort: 8085, protocol: 'tcp' }] }),
      ],
    }),
  },
  {
    rule: 'a port name has the characters allowed',
    refused: withContainer({ portMappings: [{ containerPort: 80, name: '-web' }] }),
    text: "The port mapping name that you provided is invalid. Up to 64 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first character.",
    accepted: withContainer({ portMappings: [{ containerPort: 80, name: 'w'.repeat(64) }] }),
  },
  {
    rule: 'a port name is used once',
    refused: withContainer(
      {
        portMappings: [
          { containerPort: 80, name: 'web' },
          { containerPort: 81, name: 'web' },
        ],
      },
      awsvpc,
    ),
    text: 'When networkMode=awsvpc, port mapping name is already used',
    accepted: withContainer(
      {
        portMappings: [
          { containerPort: 80, name: 'web' },
          { containerPort: 81, name: 'web2' },
        ],
      },
      awsvpc,
    ),
  },
];

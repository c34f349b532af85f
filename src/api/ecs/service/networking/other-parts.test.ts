import { describe, it } from 'vitest';
import { expectServiceRule, type ServiceRule } from '../../../../../test/support/service-rules.ts';

const registry = { registryArn: 'arn:aws:servicediscovery:eu-west-1:111111111111:service/srv-1' };
const srv = { ...registry, containerName: 'app', containerPort: 80 };
const registries = (...serviceRegistries: object[]) => ({ serviceRegistries });

const discovery: ServiceRule[] = [
  {
    rule: 'one service registry',
    refused: registries(registry, srv),
    text: 'service registries can have at most 1 items.',
    accepted: registries(registry),
  },
  {
    rule: 'a registry has an ARN',
    refused: registries({ port: 80 }),
    text: 'registryArn can not be blank.',
    accepted: registries({ ...registry, port: 80 }),
  },
  {
    rule: 'a container and its port come together',
    refused: registries({ ...registry, containerName: 'app' }),
    text: 'serviceRegistries must specify containerName and containerPort together.',
    accepted: registries(srv),
  },
  {
    rule: 'a container or a port',
    refused: registries({ ...srv, port: 80 }),
    text: 'serviceRegistries must specify either containerName and containerPort, or port, but not both.',
    accepted: registries(srv),
  },
  {
    rule: 'bridge tasks are found by a container and its port',
    on: 'bridge',
    refused: registries({ ...registry, port: 80 }),
    text: 'serviceRegistries must specify containerName and containerPort when networkMode is bridge or host.',
    accepted: registries(srv),
  },
  {
    rule: 'the container of a registry is in the definition',
    refused: registries({ ...srv, containerName: 'nope' }),
    text: 'The container nope does not exist in the task definition.',
    accepted: registries(srv),
  },
  {
    rule: 'the container of a registry has the port',
    refused: registries({ ...srv, containerPort: 81 }),
    text: 'The container app did not have a container port 81 defined.',
    accepted: registries({ ...srv, containerPort: 9000 }),
  },
  {
    rule: 'tasks without a network are not found',
    on: 'isolated',
    refused: registries(registry),
    text: "Service registries are not supported with networkMode 'none'.",
  },
  {
    rule: 'tasks on external instances are not found',
    on: 'external',
    refused: registries(srv),
    text: 'Service registries are not supported with the EXTERNAL launch type.',
  },
  {
    rule: 'a Classic Load Balancer has no registry beside it',
    on: 'bridge',
    refused: {
      ...registries(srv),
      loadBalancers: [{ loadBalancerName: 'old', containerName: 'app', containerPort: 80 }],
    },
    text: 'Service registries are not supported with Classic Load Balancers.',
    accepted: registries(srv),
  },
];

const lattice = {
  roleArn: 'arn:aws:iam::111111111111:role/lattice',
  targetGroupArn: 'arn:aws:vpc-lattice:eu-west-1:111111111111:targetgroup/tg-1',
  portName: 'http',
};
const lattices = (members: object = {}) => ({ vpcLatticeConfigurations: [{ ...lattice, ...members }] });

const vpcLattice: ServiceRule[] = [
  {
    rule: 'the port of VPC Lattice is a named one',
    refused: lattices({ portName: 'nope' }),
    text: 'portName(nope) does not refer to any named PortMapping in the container definitions',
    accepted: lattices(),
  },
  {
    rule: 'the role of VPC Lattice is a role',
    refused: lattices({ roleArn: 'lattice' }),
    text: 'vpcLatticeConfigurations.roleArn must be the ARN of an IAM role, but was lattice',
    accepted: lattices(),
  },
  {
    rule: 'VPC Lattice has a target group',
    refused: lattices({ targetGroupArn: '' }),
    text: 'vpcLatticeConfigurations.targetGroupArn can not be blank.',
    accepted: lattices(),
  },
];

const connector = { portName: 'http', healthCheck: { healthCheckProtocol: 'HTTP' } };
const connectors = (...gatewayConnectors: object[]) => ({ gatewayConnectors });

const gateways: ServiceRule[] = [
  {
    rule: 'one gateway connector',
    refused: connectors(connector, connector),
    text: 'gateway connectors can have at most 1 items.',
    accepted: connectors(connector),
  },
  {
    rule: 'the port of a gateway is a named one',
    refused: connectors({ portName: 'nope' }),
    text: 'portName(nope) does not refer to any named PortMapping in the container definitions',
    accepted: connectors({ portName: 'raw' }),
  },
];

const metrics = (metricNames: string[], resolutionSeconds: number) => ({
  monitoring: { metricConfigurations: [{ metricNames, resolutionSeconds }] },
});
const cpu = ['CPUUtilization'];

const monitoring: ServiceRule[] = [
  {
    rule: 'metrics are named',
    refused: metrics([], 20),
    text: 'metricNames can not be empty.',
    accepted: metrics(cpu, 20),
  },
  {
    rule: 'metrics are of the two that services have',
    refused: metrics(['DiskUtilization'], 20),
    text: 'The metric DiskUtilization is not supported. Must be one of [CPUUtilization, MemoryUtilization]',
    accepted: metrics(['MemoryUtilization'], 20),
  },
  {
    rule: 'a resolution is 20 or 60 seconds',
    refused: metrics(cpu, 30),
    text: 'resolutionSeconds must be one of [20, 60]',
    accepted: metrics(cpu, 60),
  },
];

const none = (rule: string, refused: object, text: string): ServiceRule => ({
  rule,
  refused,
  code: 'UnsupportedFeatureException',
  text,
  accepted: { serviceRegistries: [], vpcLatticeConfigurations: [], gatewayConnectors: [], monitoring: {} },
});
const missing: ServiceRule[] = [
  none('there is no VPC Lattice', lattices(), 'VPC Lattice is not part of this version of Roadstead.'),
  none(
    'there are no gateways',
    connectors(connector),
    'Gateways are not part of this version of Roadstead. Leave gatewayConnectors out.',
  ),
  none(
    'there are no metrics of services',
    metrics(cpu, 60),
    'Metrics of services are not part of this version of Roadstead. Leave monitoring out.',
  ),
];

describe.each([
  ['service registries', discovery, 'The service registry arn:'],
  ['VPC Lattice', vpcLattice, 'VPC Lattice'],
  ['gateway connectors', gateways, 'Gateways'],
  ['monitoring', monitoring, 'Metrics of services'],
] as const)('%s', (_, rules, part) => {
  it.each(rules)('$rule', (rule) => expectServiceRule(rule, part));
});

it.each(missing)('$rule', (rule) => expectServiceRule(rule));

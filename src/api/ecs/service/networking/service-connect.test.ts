import { describe, it } from 'vitest';
import { expectRefusal } from '../../../../../test/support/rules.ts';
import { expectServiceRule, type ServiceRule, serviceWorld } from '../../../../../test/support/service-rules.ts';

const http = { portName: 'http', clientAliases: [{ port: 80, dnsName: 'web' }] };
const raw = { portName: 'raw', clientAliases: [{ port: 9000 }] };
const connect = (members: object = {}) => ({
  serviceConnectConfiguration: { enabled: true, namespace: 'internal', services: [http], ...members },
});
const service = (members: object) => connect({ services: [{ ...http, ...members }] });
const alias = (members: object) => service({ clientAliases: [{ port: 80, ...members }] });
const tls = {
  issuerCertificateAuthority: { awsPcaAuthorityArn: 'arn:aws:acm-pca:eu-west-1:111111111111:certificate-authority/a' },
  roleArn: 'arn:aws:iam::111111111111:role/tls',
};
const off = { serviceConnectConfiguration: { enabled: false } };

const rules: (ServiceRule & { readonly reached?: string })[] = [
  {
    rule: 'there is a namespace',
    refused: connect({ namespace: undefined }),
    text: 'Namespace is missing',
    accepted: connect(),
  },
  {
    rule: 'a namespace has at most 1024 characters',
    refused: connect({ namespace: 'n'.repeat(1025) }),
    text: 'The namespace cannot be longer than 1024 characters.',
    accepted: connect({ namespace: 'n'.repeat(1024) }),
    reached: 'Namespace not found: nnn',
  },
  {
    rule: 'a service has a client alias',
    refused: service({ clientAliases: [] }),
    text: 'clientAliases must have 1 element.',
    accepted: connect({ services: [] }),
  },
  {
    rule: 'a service has one client alias',
    refused: service({ clientAliases: [{ port: 80 }, { port: 81 }] }),
    text: '2 clientAliases exceeds the max limit of 1',
    accepted: connect(),
  },
  {
    rule: 'the name of an alias has the characters allowed',
    refused: alias({ dnsName: 'Web' }),
    text: "The DNS name that you provided is invalid. The name must be a valid DNS name but doesn't need to be fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), and periods (.). A hyphen can't be the first character.",
    accepted: alias({ dnsName: '_web-1.internal' }),
  },
  {
    rule: 'the name of an alias does not begin with a hyphen',
    refused: alias({ dnsName: '-web' }),
    text: 'The DNS name that you provided is invalid.',
    accepted: alias({ dnsName: 'web-' }),
  },
  {
    rule: 'the name of an alias has at most 127 characters',
    refused: alias({ dnsName: 'w'.repeat(128) }),
    text: 'The DNS name that you provided is invalid.',
    accepted: alias({ dnsName: 'w'.repeat(127) }),
  },
  {
    rule: 'the port of an alias is a port',
    refused: alias({ port: 65_536 }),
    text: 'The port of a client alias must be between 0 and 65535',
    accepted: alias({ port: 65_535 }),
  },
  {
    rule: 'the header of test traffic has a name',
    refused: alias({ testTrafficRules: { header: { name: '', value: { exact: 'x' } } } }),
    text: 'The header of testTrafficRules must have a name.',
    accepted: alias({ testTrafficRules: { header: { name: 'x-test', value: { exact: 'x' } } } }),
  },
  {
    rule: 'a discovery name has at most 64 characters',
    refused: service({ discoveryName: 'd'.repeat(65) }),
    text: "The discovery name that you provided is invalid. Up to 64 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first character.",
    accepted: service({ discoveryName: 'd'.repeat(64) }),
  },
  {
    rule: 'a discovery name does not begin with a hyphen',
    refused: service({ discoveryName: '-web' }),
    text: 'The discovery name that you provided is invalid.',
    accepted: service({ discoveryName: 'web-' }),
  },
  {
    rule: 'the proxy listens on a port',
    refused: service({ ingressPortOverride: -1 }),
    text: 'ingressPortOverride must be between 0 and 65535',
    accepted: service({ ingressPortOverride: 8080 }),
  },
  {
    rule: 'a port name is that of a mapping',
    refused: service({ portName: 'nope' }),
    text: 'portName(nope) does not refer to any named PortMapping in the container definitions',
    accepted: connect({ services: [raw] }),
  },
  {
    rule: 'requests have timeouts, connections of TCP do not',
    refused: connect({ services: [{ ...raw, timeout: { perRequestTimeoutSeconds: 5 } }] }),
    text: 'perRequestTimeoutSeconds is only valid for port mappings with the appProtocol http, http2 or grpc.',
    accepted: connect({ services: [{ ...raw, timeout: { idleTimeoutSeconds: 5 } }] }),
  },
  {
    rule: 'a timeout is not negative',
    refused: service({ timeout: { perRequestTimeoutSeconds: -1 } }),
    text: 'perRequestTimeoutSeconds must be at least 0',
    accepted: service({ timeout: { perRequestTimeoutSeconds: 0, idleTimeoutSeconds: 0 } }),
  },
  {
    rule: 'TLS has an authority and a role',
    refused: service({ tls: { ...tls, roleArn: undefined } }),
    text: 'Service Connect TLS requires an issuerCertificateAuthority and a roleArn.',
    accepted: service({ tls }),
  },
  {
    rule: 'the role of TLS is a role',
    refused: service({ tls: { ...tls, roleArn: 'tls' } }),
    text: 'tls.roleArn must be the ARN of an IAM role, but was tls',
    accepted: service({ tls }),
  },
  {
    rule: 'TLS needs awsvpc',
    on: 'bridge',
    refused: service({ tls }),
    text: "Service Connect TLS requires networkMode 'awsvpc'.",
    accepted: connect(),
  },
  {
    rule: 'a discovery name is there once',
    refused: connect({ services: [http, { ...raw, discoveryName: 'http' }] }),
    text: 'Duplicate discoveryName found: http',
    accepted: connect({ services: [http, raw] }),
  },
  {
    rule: 'an endpoint is there once',
    refused: connect({ services: [http, { ...raw, clientAliases: http.clientAliases }] }),
    text: 'Duplicate client alias found: web:80',
    accepted: connect({ services: [http, { ...raw, clientAliases: [{ port: 81, dnsName: 'web' }] }] }),
  },
  {
    rule: 'access logs need a log configuration',
    refused: connect({ accessLogConfiguration: { format: 'JSON' } }),
    text: 'accessLogConfiguration requires a logConfiguration in the serviceConnectConfiguration.',
    accepted: connect({ accessLogConfiguration: { format: 'JSON' }, logConfiguration: { logDriver: 'awslogs' } }),
  },
  {
    rule: 'the proxy on Fargate has three log drivers',
    refused: connect({ logConfiguration: { logDriver: 'json-file' } }),
    text: 'json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]',
    accepted: connect({ logConfiguration: { logDriver: 'splunk' } }),
  },
  {
    rule: 'a setting of the proxy is there once',
    refused: connect({ containerConfigurations: [{ logLevel: 'debug' }, { logLevel: 'info' }] }),
    text: 'Duplicate container configuration found: logLevel',
    accepted: connect({ containerConfigurations: [{ logLevel: 'debug' }] }),
  },
  {
    rule: 'the proxy needs a memory limit of the task',
    on: 'plain',
    refused: connect(),
    text: "Service Connect requires that 'memory' be defined at the task level.",
  },
  {
    rule: 'bridge tasks of Service Connect have no host names of their own',
    on: 'named',
    refused: connect(),
    text: 'Service Connect is not supported with the hostname of a container.',
  },
  {
    rule: 'Service Connect needs a network',
    on: 'isolated',
    refused: connect({ services: [] }),
    text: "Service Connect is not supported with networkMode 'none'.",
  },
  {
    rule: 'Service Connect is not for Windows',
    on: 'windows',
    refused: connect(),
    text: 'Service Connect is not supported with Windows containers.',
  },
  {
    rule: 'Service Connect is not for external instances',
    on: 'external',
    refused: connect(),
    text: 'Service Connect is not supported with the EXTERNAL launch type.',
  },
  {
    rule: 'Service Connect is not for task sets',
    refused: {
      ...connect(),
      deploymentController: { type: 'EXTERNAL' },
      taskDefinition: undefined,
      launchType: undefined,
      networkConfiguration: undefined,
    },
    text: 'Service Connect is not supported with the EXTERNAL deployment controller.',
    operations: ['CreateService'],
  },
  {
    rule: 'a namespace is there',
    code: 'NamespaceNotFoundException',
    refused: connect({ namespace: 'none' }),
    text: 'Namespace not found: none',
    accepted: off,
  },
  {
    rule: 'tasks share no network of their host',
    on: 'host',
    refused: connect(),
    text: "Service Connect is not supported with networkMode 'host'.",
    accepted: off,
  },
  {
    rule: 'bridge tasks of Service Connect have no links',
    on: 'linked',
    refused: connect(),
    text: 'Service Connect is not supported with links.',
    accepted: off,
  },
];

describe('Service Connect', () => {
  it.each(rules)('$rule', (rule) => expectServiceRule(rule, rule.reached));
});

const create = (serviceName: string, connect: object) => ({ serviceName, ...connect });

describe('a namespace', () => {
  it('has a discovery name once', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', { ...world.create, ...connect() });
    const named = connect({ services: [{ ...http, clientAliases: [{ port: 81, dnsName: 'other' }] }] });
    const { namespaceId } = [...world.store.view.discoveryNamespaces.all()][0]!;
    const arn = `arn:aws:servicediscovery:eu-west-1:111111111111:namespace/${namespaceId}`;
    await expectRefusal(world, ['CreateService', { ...world.create, ...create('api', named) }], {
      text: `SC service is already used by ${arn}`,
    });
    const input = { NamespaceId: namespaceId, Name: 'raw' };
    await world.call('CreateService', input, { service: 'servicediscovery' });
    const taken = connect({ services: [raw] });
    await expectRefusal(world, ['CreateService', { ...world.create, ...create('api', taken) }], {
      text: `SC service is already used by ${arn}`,
    });
    await world.call('UpdateService', { service: 'web', forceNewDeployment: true });
  });

  it('has an endpoint once', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', { ...world.create, ...connect() });
    const other = (port: number) =>
      connect({ services: [{ ...http, discoveryName: 'other', clientAliases: [{ port, dnsName: 'web' }] }] });
    await expectRefusal(world, ['CreateService', { ...world.create, ...create('api', other(80)) }], {
      text: 'Duplicate client alias found: web:80.',
    });
    await world.call('CreateService', { ...world.create, ...create('api', other(81)) });
  });

  it('that was deleted takes no new deployment', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', { ...world.create, ...connect({ services: [] }) });
    const [namespace] = [...world.store.view.discoveryNamespaces.all()];
    await world.call('DeleteNamespace', { Id: namespace?.namespaceId }, { service: 'servicediscovery' });
    await expectRefusal(world, ['UpdateService', { service: 'web', forceNewDeployment: true }], {
      code: 'NamespaceNotFoundException',
      text: `Namespace not found: arn:aws:servicediscovery:eu-west-1:111111111111:namespace/${namespace?.namespaceId}`,
    });
    await world.call('UpdateService', { service: 'web', serviceConnectConfiguration: { enabled: false } });
  });

  it('keeps the protocol of an endpoint', async () => {
    const world = await serviceWorld();
    await world.call('CreateService', { ...world.create, ...connect() });
    const ports = [{ containerPort: 80, name: 'http', appProtocol: 'grpc' }];
    await world.call('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'app:1', portMappings: ports }],
    });
    await expectRefusal(world, ['UpdateService', { service: 'web', taskDefinition: 'web:3' }], {
      text: 'The appProtocol of portName(http) cannot be changed from http to grpc while Service Connect uses it.',
    });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiHarness, accountB, apiHarness } from '../../../test/support/api-harness.ts';

let api: ApiHarness;

beforeEach(async () => {
  api = await apiHarness();
  await api.call('CreateCluster');
});

const infrastructureRoleArn = 'arn:aws:iam::111111111111:role/infrastructure';
const arn = (account = '111111111111') => `arn:aws:ecs:eu-west-1:${account}:gateway/web`;
const create = (members: object = {}, alb: object = {}) =>
  api.call('CreateGateway', {
    name: 'web',
    infrastructureRoleArn,
    configuration: { hostSharedAlb: alb },
    ...members,
  });
const update = (members: object = {}, alb: object = {}) =>
  api.call('UpdateGateway', { gateway: 'web', configuration: { hostSharedAlb: alb }, ...members });

it('CreateGateway names what is missing once everything else is right', async () => {
  const alb = {
    networkConfiguration: {
      inboundSecurityGroup: 'sg-0123456789abcdef0',
      subnets: ['subnet-01234567', 'subnet-0123456789abcdef0'],
      ipAddressType: 'dualstack-without-public-ipv4',
    },
    scheme: 'internet-facing',
    webACLArn: 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/a/b',
    accessLogs: { destination: { s3: { bucket: 'my.logs', prefix: 'a' } } },
    port: 443,
    protocol: 'HTTPS',
    maxAlbCount: 1,
    httpDesync: 'strictest',
    testTrafficRules: { header: { name: 'x-test', values: ['1'] } },
  };
  const tags = [{ key: 'a', value: 'b' }];
  const members = { clientToken: 'x'.repeat(64), deletionProtection: false, propagateTags: 'NONE', tags };
  for (const call of [create(), create(members, alb)]) {
    await expect(call).rejects.toMatchObject({
      code: 'UnsupportedFeatureException',
      message: expect.stringMatching(/^Gateways are not part of this version/),
    });
  }
});

const invalidAlb: [object, string][] = [
  [{ maxAlbCount: 0 }, 'maxAlbCount must be a whole number of at least 1.'],
  [{ maxAlbCount: 1.5 }, 'maxAlbCount must be a whole number of at least 1.'],
  [{ webACLArn: 'acl' }, 'webACLArn must be the ARN of a web ACL, but was acl'],
  [{ accessLogs: {} }, 'accessLogs must have a destination.'],
  [{ accessLogs: { destination: { s3: { bucket: 'A' } } } }, 'Invalid bucket of the access logs: A'],
  [
    { httpDesync: 'lax' },
    "1 validation error detected: Value 'lax' at 'configuration.hostSharedAlb.httpDesync' failed to satisfy constraint: Member must satisfy enum value set: [defensive, monitor, strictest]",
  ],
  [
    { testTrafficRules: { header: { name: '', values: ['1'] } } },
    'The header of test traffic must have a name of 1 to 40 characters.',
  ],
  [
    { testTrafficRules: { header: { name: 'x', values: [] } } },
    'The header of test traffic must have values of 1 to 128 characters.',
  ],
  [{ networkConfiguration: { inboundSecurityGroup: 'default' } }, 'Invalid inboundSecurityGroup: default'],
];

describe.each([
  ['CreateGateway', create],
  ['UpdateGateway', update],
])('%s refuses', (_, call) => {
  it.each(invalidAlb)('%j', async (alb, message) => {
    await expect(call({}, alb)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
  });

  it.each([
    [{ infrastructureRoleArn: 'role' }, 'infrastructureRoleArn must be the ARN of an IAM role, but was role'],
    [
      { propagateTags: 'ALL' },
      "1 validation error detected: Value 'ALL' at 'propagateTags' failed to satisfy constraint: Member must satisfy enum value set: [GATEWAY, NONE]",
    ],
  ])('%j', async (members, message) => {
    await expect(call(members)).rejects.toMatchObject({ code: 'InvalidParameterException', message });
  });
});

it.each([
  [{ name: '' }, {}, 'The gateway name must have 1 to 255 characters.'],
  [{ name: 'x'.repeat(256) }, {}, 'The gateway name must have 1 to 255 characters.'],
  [{ clientToken: 'a b' }, {}, 'clientToken must be 1 to 64 characters in the ASCII range 33-126'],
  [{ tags: [{ key: 'aws:x', value: '' }] }, {}, /reserved prefix/],
  [{}, { scheme: 'public' }, /'configuration.hostSharedAlb.scheme' .*\[internal, internet-facing\]$/],
  [{}, { protocol: 'HTTP' }, 'The only supported protocol of a gateway is HTTPS.'],
  [{}, { port: 80 }, 'The only supported port of a gateway is 443.'],
  [{}, { networkConfiguration: { subnets: ['subnet'] } }, 'Invalid or repeated subnet: subnet'],
  [
    {},
    { networkConfiguration: { subnets: ['subnet-01234567', 'subnet-01234567'] } },
    'Invalid or repeated subnet: subnet-01234567',
  ],
  [{}, { networkConfiguration: { ipAddressType: 'ipv6' } }, /\[dualstack, dualstack-without-public-ipv4, ipv4\]$/],
  [
    {},
    { scheme: 'internal', networkConfiguration: { ipAddressType: 'dualstack-without-public-ipv4' } },
    'ipAddressType dualstack-without-public-ipv4 needs the scheme internet-facing.',
  ],
])('CreateGateway refuses %j with %j', async (members, alb, message) => {
  const text = message instanceof RegExp ? expect.stringMatching(message) : message;
  await expect(create(members, alb)).rejects.toMatchObject({ message: text });
});

it('a configuration has exactly one variant', async () => {
  for (const call of [create, update]) {
    await expect(call({ configuration: {} })).rejects.toMatchObject({ code: 'SerializationException' });
  }
});

it('CreateGateway needs its required members', async () => {
  await expect(api.call('CreateGateway')).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message: expect.stringContaining("Value null at 'configuration' failed to satisfy constraint"),
  });
});

describe('what is not there', () => {
  it.each(['DeleteGateway', 'DescribeGateway', 'DescribeGatewayResources', 'UpdateGateway', 'ListGatewayRoutes'])(
    '%s: no gateway, by name or ARN',
    async (operation) => {
      for (const gateway of ['web', arn()]) {
        await expect(api.call(operation, { gateway })).rejects.toMatchObject({
          code: 'GatewayNotFoundException',
          message: 'Gateway not found.',
        });
      }
      const refusal = (message: string) => ({ code: 'InvalidParameterException', message });
      await expect(api.call(operation, { gateway: arn(accountB) })).rejects.toMatchObject(
        refusal('AccountIDs mismatch'),
      );
      const cluster = 'arn:aws:ecs:eu-west-1:111111111111:cluster/web';
      await expect(api.call(operation, { gateway: cluster })).rejects.toMatchObject(
        refusal(`Invalid identifier: Unexpected ARN ${cluster}`),
      );
    },
  );

  it.each(['AssociateGatewayWithCluster', 'DisassociateGatewayFromCluster'])(
    '%s: cluster, then gateway',
    async (op) => {
      const code = (name: string) => ({ code: name });
      await expect(api.call(op, { gateway: 'web', cluster: 'nope' })).rejects.toMatchObject(
        code('ClusterNotFoundException'),
      );
      await expect(api.call(op, { gateway: 'web', cluster: 'default' })).rejects.toMatchObject(
        code('GatewayNotFoundException'),
      );
      await expect(api.call(op, { gateway: 'web', cluster: '' })).rejects.toMatchObject(
        code('InvalidParameterException'),
      );
    },
  );

  it('lists are empty, routes unknown', async () => {
    expect(await api.call('ListGateways', { names: ['web'], status: ['ACTIVE'] })).toEqual({ gateways: [] });
    const associations = { gateway: 'web', cluster: 'default', status: ['DISASSOCIATING'] };
    expect(await api.call('ListGatewayClusterAssociations', associations)).toEqual({ gatewayClusterAssociations: [] });
    const routes = { cluster: 'default', service: 'web', serviceContainerPortName: 'http', status: ['CREATE_FAILED'] };
    expect(await api.call('ListGatewayRoutes', routes)).toEqual({ gatewayRoutes: [] });
    const gatewayRouteArn = 'arn:aws:ecs:eu-west-1:111111111111:gateway-route/web/1';
    await expect(api.call('DescribeGatewayRoute', { gatewayRouteArn })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['ListGateways', { names: Array.from({ length: 11 }, () => 'a') }, 'names cannot have more than 10 elements.'],
    ['ListGateways', { status: ['ACTIVE', 'GONE'] }, /Value 'GONE' at 'status.2.member' failed/],
    ['ListGateways', { maxResults: 101 }, 'maxResults should be between 1 and 100'],
    ['ListGateways', { nextToken: 'x' }, 'Invalid token.'],
    ['ListGatewayClusterAssociations', { status: ['GONE'] }, /enum value set: \[ACTIVE, DISASSOCIATING, INACTIVE\]/],
    ['ListGatewayRoutes', { status: ['GONE'] }, /Value 'GONE' at 'status.1.member' failed/],
    ['DescribeGatewayResources', { gateway: 'web', maxResults: 21 }, 'maxResults should be between 1 and 20'],
    ['DescribeGatewayRoute', { gatewayRouteArn: 'web' }, 'Invalid identifier: Unexpected ARN web'],
  ])('%s refuses %j', async (operation, input, message) => {
    const text = message instanceof RegExp ? expect.stringMatching(message) : message;
    await expect(api.call(operation, input)).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: text,
    });
  });
});

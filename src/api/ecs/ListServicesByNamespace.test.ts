import { expect, it } from 'vitest';
import { apiHarness } from '../../../test/support/api-harness.ts';
import { serviceWorld } from '../../../test/support/service-rules.ts';

const arn = (account: string, region: string, service = 'servicediscovery') =>
  `arn:aws:${service}:${region}:${account}:namespace/ns-abc123`;

it.each(['internal', 'web.local', arn('111111111111', 'eu-west-1')])(
  '%s is no namespace that is known',
  async (namespace) => {
    const { call } = await apiHarness();
    await expect(call('ListServicesByNamespace', { namespace, maxResults: 100 })).rejects.toMatchObject({
      code: 'NamespaceNotFoundException',
      message: `Namespace not found: ${namespace}`,
    });
  },
);

it('tells of the services that are in a namespace, by its name and its ARN', async () => {
  const { call, create } = await serviceWorld();
  const { Namespaces } = await call('ListNamespaces', {}, { service: 'servicediscovery' });
  const off = { serviceConnectConfiguration: { enabled: false, namespace: 'internal' } };
  await call('CreateService', { ...create, ...off });
  const listed = async (namespace: string, more: object = {}) =>
    await call('ListServicesByNamespace', { namespace, ...more });
  expect((await listed('internal')).serviceArns).toEqual([]);
  const connect = { serviceConnectConfiguration: { enabled: true, namespace: 'internal' } };
  await call('UpdateService', { service: 'web', ...connect });
  await call('CreateService', { ...create, serviceName: 'api', ...connect });
  const { serviceArns, nextToken } = await listed(Namespaces[0].Arn, { maxResults: 1 });
  const rest = await listed(Namespaces[0].Arn, { maxResults: 1, nextToken });
  const names = [...serviceArns, ...rest.serviceArns].map((arn: string) => arn.split('/').at(-1));
  expect([names, rest.nextToken]).toEqual([['web', 'api'], undefined]);
  await call('DeleteService', { service: 'api', force: true });
  expect((await listed('internal')).serviceArns).toEqual([expect.stringContaining('/web')]);
});

it.each([
  [{ namespace: '' }, 'Namespace can not be blank.'],
  [{ namespace: 'a b' }, 'The namespace must have 1 to 1024 characters, without spaces and control characters.'],
  [
    { namespace: 'a'.repeat(1025) },
    'The namespace must have 1 to 1024 characters, without spaces and control characters.',
  ],
  [{ namespace: arn('222222222222', 'eu-west-1') }, 'AccountIDs mismatch'],
  [{ namespace: arn('111111111111', 'us-east-1') }, 'Region mismatch'],
  [
    { namespace: arn('111111111111', 'eu-west-1', 'ecs') },
    `Invalid identifier: Unexpected ARN ${arn('111111111111', 'eu-west-1', 'ecs')}`,
  ],
  [{ namespace: 'internal', maxResults: 101 }, 'maxResults should be between 1 and 100'],
  [{ namespace: 'internal', nextToken: 'abc' }, 'Invalid token.'],
  [{}, "1 validation error detected: Value null at 'namespace' failed to satisfy constraint: Member must not be null"],
])('%# is refused', async (input, message) => {
  const { call } = await apiHarness();
  await expect(call('ListServicesByNamespace', input)).rejects.toMatchObject({
    code: 'InvalidParameterException',
    message,
  });
});

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
      message: expect.stringContaining(
        `Namespace not found: ${namespace}. Service Connect and service discovery are not`,
      ),
    });
  },
);

it('a service that names a namespace is refused, so that it stays unknown', async () => {
  const { call, create } = await serviceWorld();
  const connect = { serviceConnectConfiguration: { enabled: true, namespace: 'internal' } };
  const refusal = {
    code: 'UnsupportedFeatureException',
    message: 'Service Connect is not part of this version of Roadstead. Leave it out.',
  };
  await expect(call('CreateService', { ...create, ...connect })).rejects.toMatchObject(refusal);
  const off = { serviceConnectConfiguration: { enabled: false, namespace: 'internal' } };
  await call('CreateService', { ...create, ...off });
  await expect(call('UpdateService', { service: 'web', ...connect })).rejects.toMatchObject(refusal);
  await expect(call('ListServicesByNamespace', { namespace: 'internal' })).rejects.toMatchObject({
    code: 'NamespaceNotFoundException',
  });
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

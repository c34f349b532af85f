import { apiHarness } from './api-harness.ts';

export const groupArn = (name: string, account = '111111111111'): string =>
  `arn:aws:autoscaling:eu-west-1:${account}:autoScalingGroup:7b0d1e0c:autoScalingGroupName/${name}`;

/** The request for the provider of a group. */
export const group = (name: string, members: object = {}) => ({
  name,
  autoScalingGroupProvider: { autoScalingGroupArn: groupArn(name), ...members },
});

export const noDefault = { defaultCapacityProviderStrategy: [] };

/**
 * The cluster `default` with the providers `taken`, `scaled` (managed scaling, by five at most) and those of Fargate; machines of
 * `workers`, a group without a provider; a cluster `other` with `taken`.
 */
export async function providerWorld() {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster');
  for (const name of ['workers', 'taken', 'scaled']) {
    await harness.addHost({ cluster: 'default', attributes: { 'roadstead.auto-scaling-group': name } });
  }
  await call('CreateCapacityProvider', group('taken'));
  await call(
    'CreateCapacityProvider',
    group('scaled', { managedScaling: { status: 'ENABLED', maximumScalingStepSize: 5 } }),
  );
  await call('CreateCluster', { clusterName: 'other', capacityProviders: ['taken'] });
  const capacityProviders = ['taken', 'scaled', 'FARGATE', 'FARGATE_SPOT'];
  await call('PutClusterCapacityProviders', { cluster: 'default', capacityProviders, ...noDefault });
  await call('RegisterTaskDefinition', {
    family: 'job',
    containerDefinitions: [{ name: 'app', image: 'app', memory: 16 }],
  });
  return harness;
}

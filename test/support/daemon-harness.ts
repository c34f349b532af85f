import { type ApiHarness, apiHarness } from './api-harness.ts';

/** The API with a cluster, its capacity providers `mine` and `other` with a machine each, and `logs:1` for daemons. */
export async function daemonHarness(): Promise<ApiHarness> {
  const api = await apiHarness();
  await api.call('CreateCluster');
  const names = ['mine', 'other'];
  for (const name of names) {
    await api.addHost({ cluster: 'default', attributes: { 'roadstead.auto-scaling-group': name } });
    await api.call('CreateCapacityProvider', { name, autoScalingGroupProvider: { autoScalingGroupArn: name } });
  }
  await api.call('PutClusterCapacityProviders', {
    cluster: 'default',
    capacityProviders: [...names, 'FARGATE'],
    defaultCapacityProviderStrategy: [],
  });
  await api.call('RegisterDaemonTaskDefinition', {
    family: 'logs',
    containerDefinitions: [{ name: 'app', image: 'agent:1', memory: 64 }],
  });
  return api;
}

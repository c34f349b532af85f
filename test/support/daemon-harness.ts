import { type ApiHarness, apiHarness } from './api-harness.ts';

/** The API with a cluster and the daemon task definition `logs:1`. */
export async function daemonHarness(): Promise<ApiHarness> {
  const api = await apiHarness();
  await api.call('CreateCluster');
  await api.call('RegisterDaemonTaskDefinition', {
    family: 'logs',
    containerDefinitions: [{ name: 'app', image: 'agent:1', memory: 64 }],
  });
  return api;
}

import { apiHarness } from './api-harness.ts';

const fargateDefinition = {
  family: 'web',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'app', image: 'app:1', portMappings: [{ containerPort: 80 }] }],
};
const bridgeDefinition = {
  family: 'job',
  containerDefinitions: [
    { name: 'app', image: 'app:1', cpu: 100, memory: 128, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
  ],
};

/** The cluster `default` and the definitions `web`, for Fargate, and `job`, for instances; no host. */
export async function taskWorld() {
  const harness = await apiHarness();
  await harness.call('CreateCluster');
  await harness.call('RegisterTaskDefinition', fargateDefinition);
  await harness.call('RegisterTaskDefinition', bridgeDefinition);
  return harness;
}

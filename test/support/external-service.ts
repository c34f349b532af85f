import { apiHarness } from './api-harness.ts';

const app = { name: 'app', image: 'app:1', memory: 16 };

/** A cluster and the definitions `web:1`, `web:2` (any host), `ports:1` with a port of it, and `fargate:1`. */
export async function opened() {
  const harness = await apiHarness();
  const { call } = harness;
  await call('CreateCluster');
  for (let i = 0; i < 2; i++) await call('RegisterTaskDefinition', { family: 'web', containerDefinitions: [app] });
  const ports = { ...app, portMappings: [{ containerPort: 80 }] };
  await call('RegisterTaskDefinition', { family: 'ports', containerDefinitions: [ports] });
  await call('RegisterTaskDefinition', {
    family: 'fargate',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app:1' }],
  });
  return harness;
}

export const external = { serviceName: 'web', deploymentController: { type: 'EXTERNAL' } };
export const named = { cluster: 'default', service: 'web' };
export const set = { ...named, taskDefinition: 'web:1' };

/** With the service `web`, of four tasks, that somebody else deploys. */
export async function withExternal() {
  const harness = await opened();
  await harness.call('CreateService', { ...external, desiredCount: 4 });
  return harness;
}

/** A service that CodeDeploy deploys, without the load balancer that it would have. */
export async function withCodeDeploy() {
  const harness = await withExternal();
  await harness.store.update('api', (tx) => {
    const [service] = [...tx.services.all()];
    if (service !== undefined) tx.services.put({ ...service, deploymentController: 'CODE_DEPLOY' });
  });
  return harness;
}

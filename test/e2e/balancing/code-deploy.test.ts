import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { type Answer, type Installation, startedInstallation } from '../../support/installation.ts';
import { call, Load } from './client.ts';
import { type ServiceWorld, serviceWorld } from './service-world.ts';

const run = promisify(execFile);

/** A service that CodeDeploy deploys, with the aws CLI, real containers and real requests. */
let installation: Installation;
let world: ServiceWorld;
let folder: string;

const cluster = ['--cluster', 'shop'];
const named = ['--application-name', 'web', '--deployment-group-name', 'web'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'roadstead-code-deploy-'));
  installation = await startedInstallation();
  world = await serviceWorld(installation, await freePort());
  const balancer = `targetGroupArn=${world.blue},containerName=web,containerPort=8080`;
  const network = `awsvpcConfiguration={subnets=[${world.subnets.join(',')}],securityGroups=[${world.group}]}`;
  const tasks = [...cluster, '--task-definition', 'web:1', '--desired-count', '2', '--launch-type', 'FARGATE'];
  const rest = ['--load-balancers', balancer, '--network-configuration', network];
  const controller = ['--deployment-controller', 'type=CODE_DEPLOY'];
  await installation.aws('ecs', 'create-service', '--service-name', 'web', ...tasks, ...rest, ...controller);
  await installation.aws('deploy', 'create-application', '--application-name', 'web', '--compute-platform', 'ECS');
  const canary = { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 20, canaryInterval: 1 } };
  const routing = ['--compute-platform', 'ECS', '--traffic-routing-config', JSON.stringify(canary)];
  await installation.aws('deploy', 'create-deployment-config', '--deployment-config-name', 'fifth', ...routing);
  const pair = {
    targetGroups: [{ name: 'blue' }, { name: 'green' }],
    prodTrafficRoute: { listenerArns: [world.listenerArn] },
  };
  await installation.aws(
    'deploy',
    'create-deployment-group',
    ...named,
    '--deployment-config-name',
    'fifth',
    '--service-role-arn',
    'arn:aws:iam::000000000000:role/deploy',
    '--deployment-style',
    'deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL',
    '--ecs-services',
    'serviceName=web,clusterName=shop',
    '--load-balancer-info',
    JSON.stringify({ targetGroupPairInfoList: [pair] }),
  );
  await installation.until('the first task set is steady', async () => {
    const { taskSets } = await service();
    return taskSets[0].stabilityStatus === 'STEADY_STATE' && taskSets[0].runningCount === 2;
  });
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

async function service(): Promise<Answer> {
  const { services } = await installation.call('DescribeServices', { cluster: 'shop', services: ['web'] });
  return services[0];
}

const appSpec = (taskDefinition: string): string => `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${taskDefinition}"
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
`;

/** How many of so many answers began with each version. */
async function versions(requests: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const { status, body } = await call({ host: world.address, port: world.port });
    const version = status === 200 ? (body.trim().split(' ')[0] ?? '') : String(status);
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

/** The weights of the listener's rule, and whether a canary may have begun by them. */
async function shares(): Promise<readonly number[]> {
  const { Rules } = await installation.aws('elbv2', 'describe-rules', '--listener-arn', world.listenerArn);
  const { TargetGroups } = Rules[0].Actions[0].ForwardConfig;
  return TargetGroups.map(({ Weight }: Answer) => Weight).toSorted((a: number, b: number) => a - b);
}

const canary = (): Promise<unknown> =>
  installation.until('the canary has its share', async () => (await shares()).join() === '20,80', 60_000);

async function deployment(id: string): Promise<Answer> {
  return (await installation.aws('deploy', 'get-deployment', '--deployment-id', id)).deploymentInfo;
}

const succeeded = (id: string): Promise<unknown> =>
  installation.until(`${id} has succeeded`, async () => (await deployment(id)).status === 'Succeeded', 90_000);

async function latest(): Promise<string> {
  return (await installation.aws('deploy', 'list-deployments', ...named)).deployments.at(-1);
}

/** The definition web:2 as its owner wrote it. */
async function definition(): Promise<object> {
  const { taskDefinition } = await installation.call('DescribeTaskDefinition', { taskDefinition: 'web:2' });
  const { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions } = taskDefinition;
  return { family, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions };
}

async function createDeployment(taskDefinition: string): Promise<string> {
  const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec(taskDefinition) } };
  const text = JSON.stringify(revision);
  return (await installation.aws('deploy', 'create-deployment', ...named, '--revision', text)).deploymentId;
}

/** It calls CodeDeploy too, and only the environment tells it where: one that does not read that would ask AWS. */
async function ecsDeployKnowsTheWay(): Promise<boolean> {
  const { stdout } = await run('aws', ['--version']);
  const [, major = 0, minor = 0] = (/^aws-cli\/(\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  return (major === 1 && minor >= 29) || (major === 2 && minor >= 13) || major > 2;
}

/** Deploys a new revision of the definition with `aws ecs deploy`; what it printed. */
async function ecsDeploy(): Promise<string> {
  const paths = { definition: join(folder, 'definition.json'), appSpec: join(folder, 'appspec.yaml') };
  await writeFile(paths.definition, JSON.stringify(await definition()));
  await writeFile(paths.appSpec, appSpec('to be replaced by the command'));
  const files = ['--task-definition', paths.definition, '--codedeploy-appspec', paths.appSpec];
  const names = ['--service', 'web', '--codedeploy-application', 'web', '--codedeploy-deployment-group', 'web'];
  const env = { ...process.env, ...installation.environment() };
  return (await run('aws', ['ecs', 'deploy', ...cluster, ...names, ...files], { env })).stdout;
}

/** The same in two calls. */
async function registerAndDeploy(): Promise<string> {
  console.warn('this aws CLI reads no AWS_ENDPOINT_URL: `aws ecs deploy` is not tried, create-deployment in its place');
  await installation.call('RegisterTaskDefinition', await definition());
  await createDeployment('web:3');
  return 'Successfully deployed';
}

test('aws ecs deploy gives a canary its share, then everything, without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  const deploying = (await ecsDeployKnowsTheWay()) ? ecsDeploy() : registerAndDeploy();
  await canary();
  const id = await latest();
  const { v2 = 0, v1 = 0 } = await versions(500);
  expect(v1 + v2).toBe(500);
  expect(v2 / 500).toBeGreaterThan(0.12);
  expect(v2 / 500).toBeLessThan(0.28);
  await succeeded(id);
  expect(await deploying).toContain('Successfully deployed');
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(1000);
  expect(await versions(12)).toEqual({ v2: 12 });
  const { taskSets, taskDefinition: now } = await service();
  expect(taskSets).toMatchObject([{ status: 'PRIMARY', externalId: id, startedBy: 'CODE_DEPLOY', runningCount: 2 }]);
  expect(now).toMatch(/web:3$/);
});

test('a stopped deployment is rolled back under load without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  const deploymentId = await createDeployment('web:1');
  await canary();
  expect(Object.keys(await versions(100)).toSorted()).toEqual(['v1', 'v2']);
  await installation.aws('deploy', 'stop-deployment', '--deployment-id', deploymentId, '--auto-rollback-enabled');
  const stopped = await installation.until('it is stopped', async () => {
    const info = await deployment(deploymentId);
    return info.status === 'Stopped' ? info : undefined;
  });
  const { rollbackDeploymentId } = stopped.rollbackInfo;
  await succeeded(rollbackDeploymentId);
  await load.stop();
  expect(load.failures).toEqual([]);
  expect((await deployment(rollbackDeploymentId)).creator).toBe('codeDeployRollback');
  expect(await versions(12)).toEqual({ v2: 12 });
  const { taskSets } = await service();
  expect(taskSets).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }]);
  expect(await shares()).toEqual([0, 100]);
});

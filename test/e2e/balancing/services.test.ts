import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../support/free-port.ts';
import { type Answer, type Installation, startedInstallation } from '../../support/installation.ts';
import { call, Load } from './client.ts';
import { type ServiceWorld, serviceWorld } from './service-world.ts';

/** A service behind a load balancer, with the aws CLI, real containers and real requests. */
let installation: Installation;
let world: ServiceWorld;

beforeAll(async () => {
  installation = await startedInstallation();
  world = await serviceWorld(installation, await freePort());
});

afterAll(async () => {
  await installation?.[Symbol.asyncDispose]();
});

const ask = async (headers: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { status, body } = await call({ host: world.address, port: world.port, headers });
  if (status !== 200) throw new Error(`answered ${status}`);
  return body.trim();
};

/** How many answers began with each version. */
async function versions(requests: number): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < requests; i++) {
    const [version = ''] = (await ask()).split(' ');
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}

async function service(): Promise<Answer> {
  const { services } = await installation.call('DescribeServices', { cluster: 'shop', services: ['web'] });
  return services[0];
}

const released = (): Promise<unknown> =>
  installation.until(
    'the deployment is over',
    async () => {
      const { deployments, runningCount, desiredCount } = await service();
      return deployments.length === 1 && deployments[0].rolloutState === 'COMPLETED' && runningCount === desiredCount;
    },
    90_000,
  );

test('answers by all its tasks once its targets are in service', async () => {
  const balancer = `targetGroupArn=${world.blue},containerName=web,containerPort=8080`;
  const network = `awsvpcConfiguration={subnets=[${world.subnets.join(',')}],securityGroups=[${world.group}]}`;
  const tasks = ['--cluster', 'shop', '--task-definition', 'web:1', '--desired-count', '3', '--launch-type', 'FARGATE'];
  const rest = ['--load-balancers', balancer, '--network-configuration', network];
  await installation.aws('ecs', 'create-service', '--service-name', 'web', ...tasks, ...rest);
  await released();
  await installation.aws('elbv2', 'wait', 'target-in-service', '--target-group-arn', world.blue);
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask()));
  expect(new Set(answers).size).toBe(3);
});

test('rolls a new version under load without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  await installation.aws(
    'ecs',
    'update-service',
    '--cluster',
    'shop',
    '--service',
    'web',
    '--task-definition',
    'web:2',
  );
  await released();
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(100);
  // The deployment is over when the old tasks begin to drain; their nodes hear of that at the same time.
  await installation.until('nobody meets the old version', async () => (await versions(12))['v2'] === 12, 5_000);
});

test('replaces a task that fails the checks of its target group', async () => {
  const { body } = await call({ host: world.address, port: world.port, path: '/cgi-bin/break' });
  const broken = body.trim();
  const stopped = await installation.until('a task is stopped for its target', async () => {
    const { events } = await service();
    return events.some(({ message }: Answer) =>
      /is unhealthy in \(target-group .* due to \(reason .*404/.test(message),
    );
  });
  expect(stopped).toBe(true);
  await released();
  const answers = new Set(await Promise.all(Array.from({ length: 50 }, () => ask())));
  expect(answers.size).toBe(3);
  expect([...answers].some((answer) => answer.endsWith(broken))).toBe(false);
});

/** The service becomes one that is released so, and a version of it is. */
async function releasing(taskDefinition: string, configuration: object): Promise<void> {
  const roleArn = 'arn:aws:iam::000000000000:role/ecs';
  const { production, testRule } = await rules();
  const shift = {
    alternateTargetGroupArn: world.green,
    productionListenerRule: production,
    testListenerRule: testRule,
    roleArn,
  };
  await installation.call('UpdateService', {
    cluster: 'shop',
    service: 'web',
    taskDefinition,
    deploymentConfiguration: configuration,
    loadBalancers: [
      { targetGroupArn: world.blue, containerName: 'web', containerPort: 8080, advancedConfiguration: shift },
    ],
  });
}

/** The listener's default rule, and one for requests that say so. */
async function rules(): Promise<{ readonly production: string; readonly testRule: string }> {
  const described = await installation.aws('elbv2', 'describe-rules', '--listener-arn', world.listenerArn);
  const production = described.Rules.find(({ IsDefault }: Answer) => IsDefault).RuleArn;
  const known = described.Rules.find(({ IsDefault }: Answer) => !IsDefault);
  if (known !== undefined) return { production, testRule: known.RuleArn };
  const conditions = JSON.stringify([
    { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['yes'] } },
  ]);
  const forward = ['--actions', `Type=forward,TargetGroupArn=${world.green}`];
  const place = ['--listener-arn', world.listenerArn, '--priority', '1', '--conditions', conditions];
  const { Rules } = await installation.aws('elbv2', 'create-rule', ...place, ...forward);
  return { production, testRule: Rules[0].RuleArn };
}

const pause = (stage: string): object => ({ targetType: 'PAUSE', lifecycleStages: [stage] });

/** Waits for the release to pause, looks at it, and lets it go on. */
async function paused(look: () => Promise<void>): Promise<void> {
  const { currentServiceDeployment } = await service();
  const waiting = await installation.until('a pause', async () => {
    const { serviceDeployments } = await installation.call('DescribeServiceDeployments', {
      serviceDeploymentArns: [currentServiceDeployment],
    });
    const hooks: Answer[] = serviceDeployments[0].lifecycleHookDetails ?? [];
    return hooks.find(({ status }) => status === 'AWAITING_ACTION');
  });
  await look();
  await installation.call('ContinueServiceDeployment', {
    serviceDeploymentArn: currentServiceDeployment,
    hookId: waiting.hookId,
    action: 'CONTINUE',
  });
}

test('gives a canary its share under load, then everything, without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  await releasing('web:1', {
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 0 },
    bakeTimeInMinutes: 0,
    lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT')],
  });
  // Before the first step nobody but tests meets the new version.
  await paused(async () => {
    expect(await versions(20)).toEqual({ v2: 20 });
    expect(await ask({ 'X-Test': 'yes' })).toMatch(/^v1 /);
  });
  await paused(async () => {
    const { v1 = 0 } = await versions(500);
    expect(v1 / 500).toBeGreaterThan(0.12);
    expect(v1 / 500).toBeLessThan(0.28);
  });
  await released();
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(await versions(12)).toEqual({ v1: 12 });
});

const pauses = (...lifecycleStages: readonly string[]): readonly object[] => lifecycleStages.map(pause);

async function deployment(serviceDeploymentArn: string): Promise<Answer> {
  const asked = { serviceDeploymentArns: [serviceDeploymentArn] };
  return (await installation.call('DescribeServiceDeployments', asked)).serviceDeployments[0];
}

test('shifts blue to green at once under load, and back while it bakes, without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  await releasing('web:2', {
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 5,
    lifecycleHooks: pauses('POST_TEST_TRAFFIC_SHIFT'),
  });
  await paused(async () => {
    expect(await versions(20)).toEqual({ v1: 20 });
    expect(await ask({ 'X-Test': 'yes' })).toMatch(/^v2 /);
  });
  const { currentServiceDeployment: arn } = await service();
  await installation.until('it bakes', async () => (await deployment(arn)).lifecycleStage === 'BAKE_TIME');
  expect(await versions(20)).toEqual({ v2: 20 });
  await installation.call('StopServiceDeployment', { serviceDeploymentArn: arn, stopType: 'ROLLBACK' });
  await installation.until('it is back', async () => (await deployment(arn)).status === 'ROLLBACK_SUCCESSFUL');
  expect(await versions(20)).toEqual({ v1: 20 });
  await load.stop();
  expect(load.failures).toEqual([]);
});

test('shifts step by step under load without a failed request', async () => {
  const load = new Load({ host: world.address, port: world.port }, 4);
  await releasing('web:2', {
    strategy: 'LINEAR',
    linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 0 },
    bakeTimeInMinutes: 0,
    lifecycleHooks: pauses('POST_PRODUCTION_TRAFFIC_SHIFT'),
  });
  await paused(async () => expect(await versions(20)).toEqual({ v2: 20 }));
  await released();
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(await versions(12)).toEqual({ v2: 12 });
});

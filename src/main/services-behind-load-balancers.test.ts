import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyNodeReports } from '#balancing';
import { listenersDigest } from '#dispatch';
import type { Answer } from '../../test/support/api-harness.ts';
import { type ElbLoops, elbLoops } from '../../test/support/elb-loops.ts';
import { forwardTo } from '../../test/support/elb-world.ts';

let world: ElbLoops;
let blue: Answer;
let green: Answer;
let production: string;
let test: string;

const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '20' };

beforeEach(async () => {
  world = await elbLoops();
  await world.ecs('CreateCluster');
  const balancer = await world.balancer();
  blue = await world.group('blue');
  green = await world.group('green');
  for (const { TargetGroupArn } of [blue, green]) {
    await world.call('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: [delay] });
  }
  const listener = await world.listener(balancer, blue);
  production = (await world.defaultRule(listener)).RuleArn;
  const asked = {
    ListenerArn: listener.ListenerArn,
    Priority: 1,
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Test', Values: ['1'] } }],
    Actions: forwardTo(green),
  };
  test = (await world.call('CreateRule', asked)).Rules[0].RuleArn;
  for (let revision = 0; revision < 2; revision++) {
    await world.ecs('RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'app', portMappings: [{ containerPort: 8080 }] }],
    });
  }
});

afterEach(() => world[Symbol.asyncDispose]());

async function create(input: object = {}, advanced?: object): Promise<void> {
  const shift = {
    alternateTargetGroupArn: green.TargetGroupArn,
    productionListenerRule: production,
    testListenerRule: test,
  };
  const advancedConfiguration = { ...shift, roleArn: 'arn:aws:iam::111111111111:role/elb', ...advanced };
  await world.ecs('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 2) } },
    loadBalancers: [
      {
        targetGroupArn: blue.TargetGroupArn,
        containerName: 'app',
        containerPort: 8080,
        ...(advanced === undefined ? {} : { advancedConfiguration }),
      },
    ],
    ...input,
  });
}

const steady = (): boolean => world.events().at(-1) === '(service web) has reached a steady state.';

describe('a service behind a load balancer', () => {
  it('is steady once its targets are healthy, and not before', async () => {
    await create();
    await world.idle();
    await world.agents();
    await world.idle();
    expect(world.tasks().map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING']);
    expect(world.targets().map(({ id, port, health }) => [id, port, health.state])).toEqual(
      world.tasks().map(({ attachment }) => [attachment?.privateIpv4Address, 8080, 'initial']),
    );
    expect(world.events()).toContain(`(service web) registered 2 targets in (target-group ${blue.TargetGroupArn})`);
    expect(steady()).toBe(false);
    await world.report('healthy');
    await world.idle();
    expect(steady()).toBe(true);
    const { services } = await world.ecs('DescribeServices', { services: ['web'] });
    expect(services[0].loadBalancers).toEqual([
      { targetGroupArn: blue.TargetGroupArn, containerName: 'app', containerPort: 8080 },
    ]);
  });

  it('rolls with as many healthy targets as it needs, and drains what goes', async () => {
    await create();
    await world.until('steady', steady);
    const before = world.tasks().map(({ taskArn }) => taskArn);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    let fewest = 2;
    let drained = false;
    await world.until('the new tasks alone', () => {
      const serving = world.targets().filter(({ health }) => health.state === 'healthy').length;
      fewest = Math.min(fewest, serving);
      drained ||= world.tasks().some(({ lastStatus }) => lastStatus === 'DEACTIVATING');
      return steady() && world.tasks().filter(({ lastStatus }) => lastStatus === 'STOPPED').length === 2;
    });
    expect([fewest, drained]).toEqual([2, true]);
    const left = world.targets().map(({ taskArn }) => taskArn);
    expect(left).toHaveLength(2);
    expect(left.filter((arn) => arn !== undefined && before.includes(arn))).toEqual([]);
    expect(
      world.events().some((text) => /deregistered [12] targets in \(target-group arn:[^)]*\/blue\//.test(text)),
    ).toBe(true);
    expect(world.events().some((text) => /has begun draining connections on [12] tasks\.$/.test(text))).toBe(true);
  });

  it('keeps a task that stops until its target has drained, to the second', async () => {
    await create({ desiredCount: 1 });
    await world.until('steady', steady);
    await world.ecs('UpdateService', { service: 'web', desiredCount: 0 });
    await world.idle();
    const status = (): string | undefined => world.tasks()[0]?.lastStatus;
    expect([status(), world.targets()[0]?.health.state]).toEqual(['DEACTIVATING', 'draining']);
    world.harness.clock.advanceMs(19_999);
    await world.idle();
    expect(status()).toBe('DEACTIVATING');
    world.harness.clock.advanceMs(1);
    await world.idle();
    expect([status(), world.targets().length]).toEqual(['STOPPING', 0]);
  });

  it('replaces a task whose target fails, outside the grace period', async () => {
    await create({ desiredCount: 1, healthCheckGracePeriodSeconds: 60 });
    await world.until('steady', steady);
    const [first] = world.tasks();
    await world.report('unhealthy');
    await world.idle();
    expect(world.tasks()).toHaveLength(1);
    world.harness.clock.advanceMs(60_000);
    await world.idle();
    expect(world.tasks()).toHaveLength(2);
    await world.until('replaced', () => world.tasks()[0]?.desiredStatus === 'STOPPED');
    expect(world.tasks()[0]?.stoppedReason).toBe(
      `Task failed ELB health checks in (target-group ${blue.TargetGroupArn})`,
    );
    const id = first?.taskArn.split('/').at(-1);
    expect(world.events()).toContain(
      `(service web) (task ${id}) (port 8080) is unhealthy in (target-group ${blue.TargetGroupArn}) due to (reason ` +
        'Health checks failed with these codes: [503]).',
    );
  });

  it('has no target of a task that ended by itself', async () => {
    await create({ desiredCount: 1 });
    await world.until('steady', steady);
    const [first] = world.tasks();
    await world.harness.store.update('dispatch', (tx) => {
      const task = tx.tasks.get(first!.taskArn);
      tx.tasks.put({ ...task, agentStatus: 'STOPPED', desiredStatus: 'STOPPED', lastStatus: 'DEPROVISIONING' });
    });
    await world.idle();
    const own = world.targets().filter(({ taskArn }) => taskArn === first?.taskArn);
    expect(own.map(({ health }) => health.state)).toEqual(['draining']);
    await world.until('replaced', () => world.targets().every(({ health }) => health.state === 'healthy'));
  });

  it.each([
    [
      'an unused group',
      () => ({ targetGroupArn: green.TargetGroupArn.replace('green', 'other') }),
      /does not have an associated load balancer\.$/,
    ],
    ['a container', () => ({ containerName: 'no' }), /The container no does not exist/],
  ])('is refused for %s', async (_, broken, text) => {
    const balancer = { targetGroupArn: blue.TargetGroupArn, containerName: 'app', containerPort: 8080, ...broken() };
    await expect(create({ loadBalancers: [balancer] })).rejects.toThrow(text);
  });

  it('is refused for targets of another type', async () => {
    const { TargetGroupArn } = await world.group('hosts', { TargetType: 'instance' });
    const [listener] = [...world.harness.store.view.listeners.all()];
    const asked = { LoadBalancerArn: listener?.loadBalancerArn, Protocol: 'HTTP', Port: 81 };
    await world.call('CreateListener', { ...asked, DefaultActions: forwardTo({ TargetGroupArn }) });
    const balancer = { targetGroupArn: TargetGroupArn, containerName: 'app', containerPort: 8080 };
    await expect(create({ loadBalancers: [balancer] })).rejects.toThrow(
      `The provided target group ${TargetGroupArn} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  });
});

it('is refused without a test rule while the production rule has one group', async () => {
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 };
  await expect(create({ deploymentConfiguration }, { testListenerRule: undefined })).rejects.toThrow(
    'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
  );
});

describe('a release behind a load balancer', () => {
  const releasing = (more: object): object => ({
    deploymentConfiguration: { bakeTimeInMinutes: 0, ...more },
  });
  const groupsOf = (): readonly string[] => [
    ...new Set(
      world.targets().map(({ targetGroupArn }) => (targetGroupArn === blue.TargetGroupArn ? 'blue' : 'green')),
    ),
  ];

  it('blue/green tests, shifts all at once, and takes turns with the groups', async () => {
    await create(releasing({ strategy: 'BLUE_GREEN' }), {});
    await world.until('steady', steady);
    expect([groupsOf(), world.weights(production)]).toEqual([['blue'], [100, 0]]);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    const seen = new Set<string>();
    await world.until('released', () => {
      seen.add([world.weights(production), world.weights(test)].join(' '));
      return steady() && groupsOf().join() === 'green';
    });
    expect([...seen]).toEqual(['100,0 100,0', '0,100 0,100']);
    const { services } = await world.ecs('DescribeServices', { services: ['web'] });
    const arns = services[0].currentServiceRevisions.map(({ arn }: Answer) => arn);
    const { serviceRevisions } = await world.ecs('DescribeServiceRevisions', { serviceRevisionArns: arns });
    expect(serviceRevisions[0].resolvedConfiguration).toEqual({
      loadBalancers: [{ targetGroupArn: green.TargetGroupArn, productionListenerRule: production }],
    });
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:1' });
    await world.until('back', () => steady() && groupsOf().join() === 'blue');
    expect([world.weights(production), world.weights(test)]).toEqual([
      [100, 0],
      [100, 0],
    ]);
  });

  it('waits until the hosts have heard of the shift', async () => {
    await create(releasing({ strategy: 'BLUE_GREEN' }), {});
    await world.until('steady', steady);
    world.heard = false;
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    await world.until('test traffic', () => world.weights(test).join() === '0,100');
    world.harness.clock.advanceMs(30_000);
    await world.idle();
    expect(world.weights(production)).toEqual([100, 0]);
    world.heard = true;
    await world.until('shifted', () => world.weights(production).join() === '0,100');
  });

  it('waits until the nodes serve what the hosts have heard of', async () => {
    await create(releasing({ strategy: 'BLUE_GREEN' }), {});
    await world.until('steady', steady);
    const { store } = world.harness;
    const [balancer] = [...store.view.loadBalancers.all()];
    const { loadBalancerArn: balancerArn = '', nodes = [] } = balancer ?? {};
    const served = (digest?: string): Promise<unknown> =>
      store.update('dispatch', (tx) => {
        for (const { networkInterfaceId: interfaceId, hostArn } of nodes) {
          const said = { balancerArn, interfaceId, listenerArns: [], ...(digest === undefined ? {} : { digest }) };
          if (hostArn !== undefined) applyNodeReports(tx, hostArn, [said]);
        }
      });
    const now = (): string => listenersDigest(store.view, balancerArn);
    await served(now());
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    await world.until('test traffic', () => world.weights(test).join() === '0,100');
    world.harness.clock.advanceMs(30_000);
    await world.idle();
    expect(world.weights(production)).toEqual([100, 0]);
    await served(now());
    await world.until('shifted', () => world.weights(production).join() === '0,100');
    world.harness.clock.advanceMs(30_000);
    await world.idle();
    expect(groupsOf()).toEqual(['blue', 'green']);
    // Of an agent that says nothing of it the acknowledgment counts.
    await served();
    await world.until('released', () => steady() && groupsOf().join() === 'green');
  });

  it('canary gives green its share first, and blue all of it back when it is rolled back', async () => {
    const canaryConfiguration = { canaryPercent: 12.5, canaryBakeTimeInMinutes: 5 };
    await create(releasing({ strategy: 'CANARY', canaryConfiguration }), {});
    await world.until('steady', steady);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    await world.until('a canary', () => world.weights(production).join() === '875,125');
    expect(groupsOf()).toEqual(['blue', 'green']);
    const { serviceDeployments } = await world.ecs('ListServiceDeployments', { service: 'web' });
    const { serviceDeploymentArn } = serviceDeployments[0];
    await world.ecs('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    await world.until('rolled back', () => steady() && groupsOf().join() === 'blue');
    expect(world.weights(production)).toEqual([100, 0]);
  });

  it('gives blue all of it back when an alarm goes off while green bakes', async () => {
    const alarms = { alarmNames: ['errors'], enable: true, rollback: true };
    await create(releasing({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 5, alarms }), {});
    await world.until('it serves', () => world.targets().some(({ health }) => health.state === 'healthy'));
    world.harness.clock.advanceMs(6 * 60_000);
    await world.until('steady', steady);
    await world.ecs('UpdateService', { service: 'web', taskDefinition: 'web:2' });
    const newest = async (): Promise<Answer> =>
      (await world.ecs('ListServiceDeployments', { service: 'web' })).serviceDeployments[0];
    await world.until('green has it', () => world.weights(production).join() === '0,100');
    expect(await newest()).toMatchObject({ status: 'IN_PROGRESS' });
    world.ringing.add('errors');
    await world.until('rolled back', () => steady() && groupsOf().join() === 'blue');
    expect([world.weights(production), world.weights(test)]).toEqual([
      [100, 0],
      [100, 0],
    ]);
    expect(await newest()).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' });
  });

  it('is rolled back when its rule is gone', async () => {
    await create(releasing({ strategy: 'BLUE_GREEN' }), {});
    await world.until('steady', steady);
    await world.call('DeleteRule', { RuleArn: test });
    await world.ecs('UpdateService', { service: 'web', forceNewDeployment: true });
    await world.until('rolled back', () => world.service().deployments.length === 1 && steady());
    expect(
      world.events().some((text) => text.includes('invalid networking configuration. One or more rules not found')),
    ).toBe(true);
    expect(groupsOf()).toEqual(['blue']);
  });
});

describe('a task set behind a load balancer', () => {
  it('is stable once its targets are healthy', async () => {
    await world.ecs('CreateService', {
      serviceName: 'web',
      desiredCount: 2,
      deploymentController: { type: 'EXTERNAL' },
    });
    const set = await world.ecs('CreateTaskSet', {
      cluster: 'default',
      service: 'web',
      taskDefinition: 'web:1',
      launchType: 'FARGATE',
      scale: { value: 100, unit: 'PERCENT' },
      networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 1) } },
      loadBalancers: [{ targetGroupArn: blue.TargetGroupArn, containerName: 'app', containerPort: 8080 }],
    });
    expect(set.taskSet.loadBalancers).toHaveLength(1);
    await world.idle();
    await world.agents();
    await world.idle();
    const stability = (): string | undefined => [...world.harness.store.view.taskSets.all()][0]?.stabilityStatus;
    expect([world.targets().length, stability()]).toEqual([2, 'STABILIZING']);
    await world.report('healthy');
    await world.idle();
    expect(stability()).toBe('STEADY_STATE');
  });
});

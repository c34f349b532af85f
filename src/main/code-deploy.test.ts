import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../test/support/api-harness.ts';
import { type ElbLoops, elbLoops } from '../../test/support/elb-loops.ts';

let world: ElbLoops;
let blue: Answer;
let green: Answer;
let production: Answer;
let test: Answer;

const codedeploy = (operation: string, input: object = {}): Promise<Answer> =>
  world.harness.call(operation, input, { service: 'codedeploy' });

beforeEach(async () => {
  world = await elbLoops();
  await world.ecs('CreateCluster');
  const balancer = await world.balancer();
  blue = await world.group('blue');
  green = await world.group('green');
  const delay = { Key: 'deregistration_delay.timeout_seconds', Value: '5' };
  for (const { TargetGroupArn } of [blue, green]) {
    await world.call('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes: [delay] });
  }
  production = await world.listener(balancer, blue);
  test = await world.listener(balancer, blue, { Port: 8080 });
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
  await world.ecs('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    launchType: 'FARGATE',
    deploymentController: { type: 'CODE_DEPLOY' },
    networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 2) } },
    loadBalancers: [{ targetGroupArn: blue.TargetGroupArn, containerName: 'app', containerPort: 8080 }],
  });
  await codedeploy('CreateApplication', { applicationName: 'web', computePlatform: 'ECS' });
  await codedeploy('CreateDeploymentConfig', {
    deploymentConfigName: 'quarter',
    computePlatform: 'ECS',
    trafficRoutingConfig: {
      type: 'TimeBasedCanary',
      timeBasedCanary: { canaryPercentage: 25, canaryInterval: 1 },
    },
  });
  await world.until('the first task set is steady', () => sets()[0]?.stabilityStatus === 'STEADY_STATE');
});

afterEach(() => world[Symbol.asyncDispose]());

const sets = () => [...world.harness.store.view.taskSets.all()];
const record = (id: string) => world.harness.store.view.codeDeployDeployments.get(id);
const share = (listener: Answer): Record<string, number> => {
  const rules = [...world.harness.store.view.listenerRules.by('listener', listener.ListenerArn)];
  const [rule] = rules;
  if (rule?.action.type !== 'forward') throw new Error('no forward rule');
  const name = (arn: string): string => (arn === blue.TargetGroupArn ? 'blue' : 'green');
  return Object.fromEntries(rule.action.targetGroups.map((each) => [name(each.targetGroupArn), each.weight]));
};

async function group(input: object = {}, tests = false): Promise<void> {
  await codedeploy('CreateDeploymentGroup', {
    applicationName: 'web',
    deploymentGroupName: 'web',
    serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    ecsServices: [{ clusterName: 'default', serviceName: 'web' }],
    loadBalancerInfo: {
      targetGroupPairInfoList: [
        {
          targetGroups: [{ name: 'blue' }, { name: 'green' }],
          prodTrafficRoute: { listenerArns: [production.ListenerArn] },
          ...(tests ? { testTrafficRoute: { listenerArns: [test.ListenerArn] } } : {}),
        },
      ],
    },
    ...input,
  });
}

const appSpec = (taskDefinition = 'web:2'): string => `version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "${taskDefinition}"
        LoadBalancerInfo:
          ContainerName: app
          ContainerPort: 8080
`;

async function deploy(input: object = {}, content = appSpec()): Promise<string> {
  const revision = { revisionType: 'AppSpecContent', appSpecContent: { content } };
  const asked = { applicationName: 'web', deploymentGroupName: 'web', revision, ...input };
  return (await codedeploy('CreateDeployment', asked)).deploymentId;
}

const target = async (deploymentId: string): Promise<Answer> => {
  const answer = await codedeploy('GetDeploymentTarget', { deploymentId, targetId: 'default:web' });
  return answer.deploymentTarget.ecsTarget;
};
const info = async (deploymentId: string): Promise<Answer> =>
  (await codedeploy('GetDeployment', { deploymentId })).deploymentInfo;

const status = (id: string) => record(id).status;
const minutes = async (count: number): Promise<void> => {
  world.harness.clock.advanceMs(count * 60_000);
  await world.idle();
};

describe('a deployment of CodeDeploy', () => {
  it('replaces the task set and gives it all the traffic', async () => {
    await group();
    const [first] = sets();
    const id = await deploy();
    await world.until('succeeded', () => status(id) === 'Succeeded');
    const [only, ...more] = sets();
    expect(more).toEqual([]);
    expect(only).toMatchObject({ status: 'PRIMARY', startedBy: 'CODE_DEPLOY', externalId: id, scalePercent: 100 });
    expect(only?.taskSetArn).not.toBe(first?.taskSetArn);
    expect(share(production)).toEqual({ blue: 0, green: 100 });
    const { services } = await world.ecs('DescribeServices', { services: ['web'] });
    expect(services[0]).toMatchObject({
      deploymentController: { type: 'CODE_DEPLOY' },
      taskDefinition: only?.taskDefinitionArn,
      loadBalancers: [{ targetGroupArn: green.TargetGroupArn, containerName: 'app', containerPort: 8080 }],
      taskSets: [{ status: 'PRIMARY', externalId: id, startedBy: 'CODE_DEPLOY', runningCount: 2 }],
      deployments: [],
    });
    const { lifecycleEvents, status: said, taskSetsInfo, targetArn } = await target(id);
    expect(lifecycleEvents.map((each: Answer) => [each.lifecycleEventName, each.status])).toEqual(
      ['BeforeInstall', 'Install', 'AfterInstall', 'BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'].map(
        (name) => [name, 'Succeeded'],
      ),
    );
    expect([said, targetArn]).toEqual(['Succeeded', services[0].serviceArn]);
    expect(taskSetsInfo).toEqual([
      {
        identifer: only?.id,
        desiredCount: 2,
        pendingCount: 0,
        runningCount: 2,
        status: 'PRIMARY',
        trafficWeight: 100,
        targetGroup: { name: 'green' },
        taskSetLabel: 'Green',
      },
    ]);
  });

  it('goes back and forth between the two target groups', async () => {
    await group();
    const first = await deploy();
    await world.until('there', () => status(first) === 'Succeeded');
    const second = await deploy({}, appSpec('web:1'));
    await world.until('and back', () => status(second) === 'Succeeded');
    expect(share(production)).toEqual({ blue: 100, green: 0 });
    expect(sets().map(({ externalId, status: said }) => [externalId, said])).toEqual([[second, 'PRIMARY']]);
    expect((await info(second)).previousRevision.appSpecContent.content).toBe(appSpec());
  });

  it('shifts a part, waits, and shifts the rest', async () => {
    await group({ deploymentConfigName: 'quarter' });
    const id = await deploy();
    await world.until('a part', () => record(id).shiftedAt !== undefined);
    expect(share(production)).toEqual({ blue: 75, green: 25 });
    const { taskSetsInfo } = await target(id);
    expect(taskSetsInfo.map((each: Answer) => [each.taskSetLabel, each.status, each.trafficWeight])).toEqual([
      ['Blue', 'PRIMARY', 75],
      ['Green', 'ACTIVE', 25],
    ]);
    world.harness.clock.advanceMs(58_000);
    await world.idle();
    expect(share(production)).toEqual({ blue: 75, green: 25 });
    await world.until('all', () => status(id) === 'Succeeded');
    expect(share(production)).toEqual({ blue: 0, green: 100 });
  });

  it('shifts in equal parts', async () => {
    await group({ deploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' });
    const id = await deploy();
    const seen: (number | undefined)[] = [];
    await world.until('the first part', () => record(id).shiftedAt !== undefined);
    for (let part = 0; part < 9; part++) {
      seen.push(share(production).green);
      await minutes(1);
    }
    expect(seen).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    await world.until('all', () => status(id) === 'Succeeded');
    expect(share(production)).toEqual({ blue: 0, green: 100 });
  });

  it('counts traffic as shifted only once the hosts have heard', async () => {
    await group();
    world.heard = false;
    const id = await deploy();
    await minutes(1);
    expect([record(id).greenArn, record(id).phase]).toEqual([undefined, 'INSTALL']);
    world.heard = true;
    await world.until('the replacement stands', () => sets().length === 2 && record(id).greenArn !== undefined);
    world.heard = false;
    await world.until('the rules say so', () => share(production).green === 100);
    await minutes(2);
    expect(record(id).phase).toBe('TRAFFIC');
    expect(sets().map(({ status: said }) => said)).toEqual(['PRIMARY', 'ACTIVE']);
    world.heard = true;
    await world.until('succeeded', () => status(id) === 'Succeeded');
  });

  it('gives the replacement test traffic first, and production when somebody says so', async () => {
    const blueGreenDeploymentConfiguration = {
      deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 60 },
    };
    await group({ blueGreenDeploymentConfiguration }, true);
    const id = await deploy();
    await world.until('ready', () => status(id) === 'Ready');
    expect([share(production), share(test)]).toEqual([
      { blue: 100, green: 0 },
      { blue: 0, green: 100 },
    ]);
    expect((await target(id)).status).toBe('Ready');
    await expect(
      codedeploy('ContinueDeployment', { deploymentId: id, deploymentWaitType: 'TERMINATION_WAIT' }),
    ).rejects.toThrow('does not wait to terminate');
    await codedeploy('ContinueDeployment', { deploymentId: id, deploymentWaitType: 'READY_WAIT' });
    await world.until('all traffic', () => record(id).phase === 'TERMINATION_WAIT');
    expect(await info(id)).toMatchObject({ status: 'InProgress', instanceTerminationWaitTimeStarted: true });
    expect(sets().map(({ status: said }) => said)).toEqual(['ACTIVE', 'PRIMARY']);
    await minutes(50);
    expect(status(id)).toBe('InProgress');
    await codedeploy('ContinueDeployment', { deploymentId: id, deploymentWaitType: 'TERMINATION_WAIT' });
    await world.until('succeeded', () => status(id) === 'Succeeded');
    await expect(codedeploy('ContinueDeployment', { deploymentId: id })).rejects.toThrow('already completed');
  });

  it('is stopped when nobody says so in time', async () => {
    const blueGreenDeploymentConfiguration = {
      deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 5 },
    };
    const autoRollbackConfiguration = { enabled: true, events: ['DEPLOYMENT_FAILURE'] };
    await group({ blueGreenDeploymentConfiguration, autoRollbackConfiguration });
    const id = await deploy();
    await world.until('ready', () => status(id) === 'Ready');
    await minutes(5);
    const { rollbackInfo, errorInformation } = await info(id);
    expect([status(id), errorInformation.code]).toEqual(['Stopped', 'TIMEOUT']);
    await world.until('rolled back', () => status(rollbackInfo.rollbackDeploymentId) === 'Succeeded');
    expect(sets().map(({ status: said }) => said)).toEqual(['PRIMARY']);
  });

  it('is the only one of its group', async () => {
    await group();
    const id = await deploy();
    await expect(deploy()).rejects.toThrow(`The Deployment Group 'web' already has an active Deployment '${id}'`);
  });
});

describe('a deployment of CodeDeploy that goes wrong', () => {
  it('gives the traffic back when it is stopped with a rollback', async () => {
    await group({ deploymentConfigName: 'quarter' });
    const [first] = sets();
    const id = await deploy();
    await world.until('a part', () => record(id).shiftedAt !== undefined);
    const answer = await codedeploy('StopDeployment', { deploymentId: id, autoRollbackEnabled: true });
    expect(answer.status).toBe('Pending');
    await world.until('stopped', () => status(id) === 'Stopped');
    const { rollbackInfo, errorInformation } = await info(id);
    expect(errorInformation.code).toBe('MANUAL_STOP');
    const back: string = rollbackInfo.rollbackDeploymentId;
    await world.until('rolled back', () => status(back) === 'Succeeded');
    expect(await info(back)).toMatchObject({
      creator: 'codeDeployRollback',
      rollbackInfo: { rollbackTriggeringDeploymentId: id },
    });
    expect(share(production)).toEqual({ blue: 100, green: 0 });
    expect(sets().map(({ taskSetArn, status: said }) => [taskSetArn, said])).toEqual([[first?.taskSetArn, 'PRIMARY']]);
    expect(world.service().taskDefinitionArn).toMatch(/web:1$/);
  });

  it('makes the task set before primary again while that still stands', async () => {
    const waits = {
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 9 },
    };
    const autoRollbackConfiguration = { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] };
    await group({ blueGreenDeploymentConfiguration: waits, autoRollbackConfiguration });
    const [first] = sets();
    const id = await deploy();
    await world.until('all traffic', () => record(id).phase === 'TERMINATION_WAIT');
    expect(world.service().taskDefinitionArn).toMatch(/web:2$/);
    await codedeploy('StopDeployment', { deploymentId: id });
    await world.until('rolled back', () => record(id).rollbackDeploymentId !== undefined && sets().length === 1);
    expect(sets()[0]).toMatchObject({ taskSetArn: first?.taskSetArn, status: 'PRIMARY' });
    expect(world.service().taskDefinitionArn).toMatch(/web:1$/);
    expect(world.service().loadBalancers?.[0]?.targetGroupArn).toBe(blue.TargetGroupArn);
    expect(share(production)).toEqual({ blue: 100, green: 0 });
  });

  it('stops on an alarm, and rolls back if that is wanted', async () => {
    const alarmConfiguration = { enabled: true, alarms: [{ name: 'errors' }] };
    const autoRollbackConfiguration = { enabled: true, events: ['DEPLOYMENT_STOP_ON_ALARM'] };
    await group({ deploymentConfigName: 'quarter', alarmConfiguration, autoRollbackConfiguration });
    const id = await deploy();
    await world.until('a part', () => record(id).shiftedAt !== undefined);
    world.ringing.add('errors');
    world.harness.clock.advanceMs(5_000);
    await world.until('rolled back', () => sets().length === 1 && status(id) === 'Stopped');
    expect((await info(id)).errorInformation).toEqual({
      code: 'ALARM_ACTIVE',
      message:
        'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the ' +
        'affected deployments have been stopped. Activated alarms: <errors>',
    });
    expect(share(production)).toEqual({ blue: 100, green: 0 });
  });

  it('fails when the replacement does not come up within an hour', async () => {
    await group({ autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } });
    const id = await deploy();
    await world.idle();
    await minutes(1);
    await minutes(60);
    await world.until('rolled back', () => sets().length === 1);
    expect((await info(id)).errorInformation).toMatchObject({ code: 'TIMEOUT' });
    const { lifecycleEvents } = await target(id);
    expect(lifecycleEvents.map((each: Answer) => each.status)).toEqual([
      'Succeeded',
      'Failed',
      'Skipped',
      'Skipped',
      'Skipped',
      'Skipped',
    ]);
  });

  it('leaves what is there without a rollback, and the next one clears it away', async () => {
    await group({ deploymentConfigName: 'quarter' });
    const left = await deploy();
    await world.until('a part', () => record(left).shiftedAt !== undefined);
    await codedeploy('StopDeployment', { deploymentId: left });
    await world.until('stopped', () => status(left) === 'Stopped');
    expect(share(production)).toEqual({ blue: 75, green: 25 });
    expect(sets()).toHaveLength(2);
    const next = await deploy({ deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' });
    await world.until('succeeded', () => status(next) === 'Succeeded');
    expect(share(production)).toEqual({ blue: 0, green: 100 });
    await world.until('nothing else is left', () => sets().length === 1);
    expect(sets()[0]).toMatchObject({ externalId: next, status: 'PRIMARY' });
  });

  it.each([
    ['web:9', 'app', 8080, 'Unable to describe task definition web:9.'],
    ['web:2', 'other', 8080, 'The container other does not exist in the task definition.'],
    ['web:2', 'app', 81, 'did not have a container port 81 defined'],
  ])('fails with ECS’s words: %s %s %s', async (definition, container, port, message) => {
    await group();
    const content = appSpec(definition).replace('Name: app', `Name: ${container}`).replace('8080', String(port));
    const id = await deploy({}, content);
    await world.until('failed', () => status(id) === 'Failed');
    const { errorInformation } = await info(id);
    expect(errorInformation.code).toBe('ECS_UPDATE_ERROR');
    expect(errorInformation.message).toContain(message);
    expect(sets()).toHaveLength(1);
  });

  it('fails when the listener sends its traffic elsewhere', async () => {
    await group();
    const { RuleArn } = await world.defaultRule(production);
    await world.harness.store.update('api', (tx) => {
      const rule = tx.listenerRules.get(RuleArn);
      tx.listenerRules.put({ ...rule, action: { type: 'fixed-response', statusCode: '503' } });
    });
    const id = await deploy();
    await world.until('failed', () => status(id) === 'Failed');
    expect((await info(id)).errorInformation.message).toContain(
      `Primary taskset target group must be behind listener ${production.ListenerArn}`,
    );
  });

  it('fails when somebody deletes the replacement, or the service', async () => {
    await group({ deploymentConfigName: 'quarter' });
    const id = await deploy();
    await world.until('a part', () => record(id).shiftedAt !== undefined);
    await world.ecs('DeleteTaskSet', { service: 'web', cluster: 'default', taskSet: record(id).greenArn, force: true });
    await world.until('failed', () => status(id) === 'Failed');
    const next = await deploy();
    await world.ecs('DeleteService', { service: 'web', force: true });
    await world.until('failed too', () => status(next) === 'Failed');
    expect((await info(next)).errorInformation.code).toBe('INVALID_ECS_SERVICE');
  });
});

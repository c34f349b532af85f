import type { RoadsteadStore } from '#store';
import { type Answer, apiHarness } from './api-harness.ts';
import { type ElbWorld, elbWorld } from './elb-world.ts';

/** Calls of the CodeDeploy API, with what a deployment group names: services, target groups and listeners. */
export interface CodeDeployWorld extends ElbWorld {
  readonly store: RoadsteadStore;
  readonly listener80: Answer;
  readonly listener8080: Answer;
  readonly deploy: (operation: string, input?: object, as?: object) => Promise<Answer>;
  /** The code and the sentence of the error that the call must end with. */
  readonly refusal: (operation: string, input?: object, as?: object) => Promise<string>;
  /** Load balancers of a deployment group. */
  readonly pair: (change?: object) => object;
  /** A request for the deployment group `main`. */
  readonly groupInput: (change?: object) => object;
}

export const deployApp = { applicationName: 'web' };
export const mainGroup = { ...deployApp, deploymentGroupName: 'main' };

const spec = {
  version: 0,
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: 'web:1',
          LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 },
        },
      },
    },
  ],
};

/** Of `web:1`. */
export const appSpecContent = JSON.stringify(spec);
export const appSpecRevision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpecContent } };

/** With the application `web`, the CODE_DEPLOY services `web` and `second`, and `rolling`, which ECS deploys. */
export async function codeDeployWorld(): Promise<CodeDeployWorld> {
  const harness = await apiHarness();
  const world = await elbWorld(harness);
  await harness.call('CreateCluster');
  const balancer = await world.balancer();
  const blue = await world.group('blue');
  await world.group('green');
  const listener80 = await world.listener(balancer, blue);
  const listener8080 = await world.listener(balancer, blue, { Port: 8080 });
  await harness.call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app', portMappings: [{ containerPort: 8080 }] }],
  });
  for (const [serviceName, type] of [
    ['web', 'CODE_DEPLOY'],
    ['second', 'CODE_DEPLOY'],
    ['rolling', 'ECS'],
  ]) {
    await harness.call('CreateService', {
      serviceName,
      taskDefinition: 'web:1',
      desiredCount: 1,
      launchType: 'FARGATE',
      deploymentController: { type },
      networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 2) } },
      loadBalancers: [{ targetGroupArn: blue.TargetGroupArn, containerName: 'app', containerPort: 8080 }],
    });
  }
  const deploy: CodeDeployWorld['deploy'] = (operation, input = {}, as = {}) =>
    harness.call(operation, input, { service: 'codedeploy', ...as });
  const pair = (change: object = {}): object => ({
    targetGroupPairInfoList: [
      {
        targetGroups: [{ name: 'blue' }, { name: 'green' }],
        prodTrafficRoute: { listenerArns: [listener80.ListenerArn] },
        ...change,
      },
    ],
  });
  await deploy('CreateApplication', { ...deployApp, computePlatform: 'ECS', tags: [{ Key: 'team', Value: 'a' }] });
  return {
    ...world,
    store: harness.store,
    listener80,
    listener8080,
    deploy,
    refusal: async (operation, input, as) => {
      const error = await deploy(operation, input, as).then(
        () => undefined,
        (reason: unknown) => reason as { code: string; message: string },
      );
      return `${error?.code}: ${error?.message}`;
    },
    pair,
    groupInput: (change = {}) => ({
      ...mainGroup,
      serviceRoleArn: 'arn:aws:iam::111111111111:role/deploy',
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ecsServices: [{ clusterName: 'default', serviceName: 'web' }],
      loadBalancerInfo: pair(),
      ...change,
    }),
  };
}

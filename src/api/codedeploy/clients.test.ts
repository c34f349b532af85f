import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsCli, awsInstalled } from '../../../test/support/aws-cli.ts';
import { type ServerHarness, serverHarness } from '../../../test/support/server-harness.ts';

/** AWS's own command line against the whole control plane behind a real socket, as a pipeline calls it. */
let server: ServerHarness;

beforeAll(async () => {
  server = await serverHarness();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const aws = (...args: string[]) => awsCli(server, args);
const named = ['--application-name', 'web', '--deployment-group-name', 'web'];

/** A service without tasks behind a load balancer; gives its listener. */
async function madeService(): Promise<string> {
  await aws('ecs', 'create-cluster', '--cluster-name', 'shop');
  const { Subnets } = await aws('ec2', 'describe-subnets');
  const [first, second] = Subnets;
  const places = ['--subnets', first.SubnetId, second.SubnetId];
  const { LoadBalancers } = await aws('elbv2', 'create-load-balancer', '--name', 'web', ...places);
  const kind = ['--protocol', 'HTTP', '--port', '80', '--vpc-id', first.VpcId, '--target-type', 'ip'];
  const { TargetGroups } = await aws('elbv2', 'create-target-group', '--name', 'blue', ...kind);
  await aws('elbv2', 'create-target-group', '--name', 'green', ...kind);
  const [{ TargetGroupArn }] = TargetGroups;
  const at = ['--load-balancer-arn', LoadBalancers[0].LoadBalancerArn, '--protocol', 'HTTP', '--port', '80'];
  const forward = ['--default-actions', `Type=forward,TargetGroupArn=${TargetGroupArn}`];
  const { Listeners } = await aws('elbv2', 'create-listener', ...at, ...forward);
  const container = { name: 'web', image: 'web', portMappings: [{ containerPort: 80 }] };
  for (let revision = 0; revision < 2; revision++) {
    const size = [
      '--network-mode',
      'awsvpc',
      '--requires-compatibilities',
      'FARGATE',
      '--cpu',
      '256',
      '--memory',
      '512',
    ];
    const containers = ['--container-definitions', JSON.stringify([container])];
    await aws('ecs', 'register-task-definition', '--family', 'web', ...size, ...containers);
  }
  await aws(
    'ecs',
    'create-service',
    '--cluster',
    'shop',
    '--service-name',
    'web',
    '--task-definition',
    'web:1',
    '--desired-count',
    '0',
    '--launch-type',
    'FARGATE',
    '--deployment-controller',
    'type=CODE_DEPLOY',
    '--load-balancers',
    `targetGroupArn=${TargetGroupArn},containerName=web,containerPort=80`,
    '--network-configuration',
    `awsvpcConfiguration={subnets=[${first.SubnetId}]}`,
  );
  return Listeners[0].ListenerArn;
}

describe.runIf(awsInstalled)('the aws CLI', () => {
  it('makes a deployment group, deploys, and waits', async () => {
    const listener = await madeService();
    await aws('deploy', 'create-application', '--application-name', 'web', '--compute-platform', 'ECS');
    const pair = {
      targetGroups: [{ name: 'blue' }, { name: 'green' }],
      prodTrafficRoute: { listenerArns: [listener] },
    };
    await aws(
      'deploy',
      'create-deployment-group',
      ...named,
      '--service-role-arn',
      'arn:aws:iam::000000000000:role/deploy',
      '--deployment-style',
      'deploymentType=BLUE_GREEN,deploymentOption=WITH_TRAFFIC_CONTROL',
      '--ecs-services',
      'serviceName=web,clusterName=shop',
      '--load-balancer-info',
      JSON.stringify({ targetGroupPairInfoList: [pair] }),
    );
    const properties = { TaskDefinition: 'web:2', LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 80 } };
    const resources = [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }];
    const content = JSON.stringify({ version: 0, Resources: resources });
    const revision = JSON.stringify({ revisionType: 'AppSpecContent', appSpecContent: { content } });
    const { deploymentId } = await aws('deploy', 'create-deployment', ...named, '--revision', revision);
    const waited = ['--deployment-id', deploymentId];
    await aws('deploy', 'wait', 'deployment-successful', ...waited);
    const { deploymentInfo } = await aws('deploy', 'get-deployment', ...waited);
    expect(deploymentInfo).toMatchObject({ status: 'Succeeded', creator: 'user', computePlatform: 'ECS' });
    expect(new Date(deploymentInfo.completeTime).getTime()).toBeGreaterThan(0);
    const target = ['get-deployment-target', ...waited, '--target-id', 'shop:web'];
    const { deploymentTarget } = await aws('deploy', ...target);
    expect(deploymentTarget.ecsTarget.lifecycleEvents).toHaveLength(6);
    const { services } = await aws('ecs', 'describe-services', '--cluster', 'shop', '--services', 'web');
    expect(services[0].taskDefinition).toMatch(/web:2$/);
    expect(services[0].taskSets).toMatchObject([{ status: 'PRIMARY', externalId: deploymentId }]);
  }, 180_000);
});

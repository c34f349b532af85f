import { describe, expect, it } from 'vitest';
import { withCodeDeploy } from '../../../../test/support/external-service.ts';
import { requireLoadBalancer } from './controller.ts';
import { firstTaskSet } from './make.ts';

describe('the first task set of a CODE_DEPLOY service', () => {
  it('is PRIMARY, has all of the service, and the settings of its request', async () => {
    const { store, clock, ids } = await withCodeDeploy();
    const [service] = [...store.view.services.all()];
    const [definition] = [...store.view.taskDefinitions.all()];
    const subnets = ['subnet-1'];
    const taskSet = firstTaskSet(
      {
        ...service!,
        clientToken: 'of the service',
        taskDefinitionArn: definition!.taskDefinitionArn,
        launchType: 'FARGATE',
        platformVersion: 'LATEST',
        networkConfiguration: { subnets, securityGroups: [], assignPublicIp: 'DISABLED' },
      },
      { now: clock.now(), ids },
    );
    expect(taskSet).toMatchObject({
      status: 'PRIMARY',
      startedBy: 'CODE_DEPLOY',
      scalePercent: 100,
      taskDefinitionArn: definition!.taskDefinitionArn,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      networkConfiguration: { subnets },
      serviceArn: service!.serviceArn,
      taskSetArn: `${service!.serviceArn.replace(':service/', ':task-set/')}/${taskSet.id}`,
    });
    expect(taskSet).not.toHaveProperty('clientToken');
  });

  it('comes with a load balancer', () => {
    expect(() => requireLoadBalancer('CODE_DEPLOY', [])).toThrow('requires an Application Load Balancer');
    expect(() => requireLoadBalancer('CODE_DEPLOY', [{ loadBalancerName: 'classic' }])).toThrow(
      'requires an Application Load Balancer',
    );
    expect(() => requireLoadBalancer('CODE_DEPLOY', [{ targetGroupArn: 'arn' }])).not.toThrow();
    expect(() => requireLoadBalancer('EXTERNAL', [])).not.toThrow();
    expect(() => requireLoadBalancer(undefined, [])).not.toThrow();
  });
});

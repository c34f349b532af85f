import { expect, test } from 'vitest';
import { elbLoops } from '../../../test/support/elb-loops.ts';
import { markDisconnected, markSilent } from '../connection-state.ts';
import { targetGroupCompiler } from './target-group.ts';

test('targets of a host of which nothing is known are suspect, and the hosts that ask them hear of it', async () => {
  await using world = await elbLoops();
  await world.ecs('CreateCluster');
  const group = await world.group('web');
  await world.listener(await world.balancer(), group);
  await world.ecs('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'app', image: 'app', portMappings: [{ containerPort: 8080 }] }],
  });
  await world.ecs('CreateService', {
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: world.subnets.slice(0, 1) } },
    loadBalancers: [{ targetGroupArn: group.TargetGroupArn, containerName: 'app', containerPort: 8080 }],
  });
  await world.until('it serves', () => world.targets().some(({ health }) => health.state === 'healthy'));
  const { store, clock } = world.harness;
  const { hostArn = '' } = world.tasks()[0] ?? {};
  const suspects = (): readonly (true | undefined)[] | undefined =>
    targetGroupCompiler.compile(store.view, group.TargetGroupArn)?.body.targets.map(({ suspect }) => suspect);
  const changed = async (change: typeof markDisconnected | typeof markSilent, since: boolean): Promise<string[]> => {
    const before = store.view.containerInstances.get(hostArn);
    await store.update('dispatch', (tx) =>
      change(tx, before.containerInstanceArn, (since ? clock.now() : undefined) as never),
    );
    const after = store.view.containerInstances.get(hostArn);
    return [...(targetGroupCompiler.changedBy.containerInstances?.({ key: hostArn, before, after }, store.view) ?? [])];
  };
  expect(suspects()).toEqual([undefined]);
  expect(await changed(markSilent, true)).toEqual([group.TargetGroupArn]);
  expect(suspects()).toEqual([true]);
  expect(await changed(markDisconnected, true)).toEqual([]);
  expect(store.view.containerInstances.get(hostArn)).not.toHaveProperty('silentSince');
  expect(suspects()).toEqual([true]);
});

import { expect, test } from 'vitest';
import { applyNodeReports } from '#balancing';
import type { ContainerInstanceArn } from '#model';
import { apiHarness } from '../../../test/support/api-harness.ts';
import { nameCompiler } from './name.ts';
import { zoneCompiler } from './zone.ts';

test('a load balancer is found by its name at the nodes that serve, at all that a host carries while none is known to', async () => {
  const harness = await apiHarness();
  const { store } = harness;
  expect([...zoneCompiler.all(store.view)]).toEqual([]);
  expect(zoneCompiler.compile(store.view, 'elb.localhost')).toBeUndefined();
  const subnets = await harness.subnets();
  const { LoadBalancers } = await harness.call(
    'CreateLoadBalancer',
    { Name: 'Web', Subnets: subnets.slice(0, 2) },
    { service: 'elasticloadbalancingv2' },
  );
  const { LoadBalancerArn: arn, DNSName } = LoadBalancers[0];
  expect([...zoneCompiler.all(store.view)]).toEqual(['elb.localhost']);
  expect(zoneCompiler.compile(store.view, 'elb.localhost')?.body).toMatchObject({
    name: 'elb.localhost',
    vpcIds: 'all',
  });
  expect([...nameCompiler.all(store.view)]).toEqual([arn]);
  expect(nameCompiler.compile(store.view, arn)).toBeUndefined();
  const node = (n: number) => ({
    subnetId: subnets[n] ?? '',
    availabilityZone: 'eu-west-1a',
    networkInterfaceId: `eni-${n}`,
    privateIpv4Address: `10.0.0.${n}`,
  });
  const hostArn = 'arn:aws:ecs:eu-west-1:111111111111:container-instance/east/h1' as ContainerInstanceArn;
  await store.update('balancers', (tx) => {
    const balancer = tx.loadBalancers.get(arn);
    tx.loadBalancers.put({ ...balancer, nodes: [node(0), ...[1, 2].map((n) => ({ ...node(n), hostArn }))] });
  });
  const values = (): readonly string[] | undefined =>
    nameCompiler.compile(store.view, arn)?.body.values.map(({ value }) => value);
  expect(values()).toEqual(['10.0.0.1', '10.0.0.2']);
  const say = (of: number, problem?: string): Promise<void> =>
    store.update('dispatch', (tx) => {
      const said = { balancerArn: arn, interfaceId: `eni-${of}`, listenerArns: [] };
      applyNodeReports(tx, hostArn, [{ ...said, ...(problem === undefined ? {} : { problem }) }]);
    });
  await say(2);
  expect(nameCompiler.compile(store.view, arn)?.body).toEqual({
    zoneId: 'elb.localhost',
    name: DNSName.toLowerCase(),
    type: 'A',
    ttl: 60,
    routing: 'multivalue',
    values: [{ value: '10.0.0.2' }],
  });
  await say(1);
  expect(values()).toEqual(['10.0.0.1', '10.0.0.2']);
  await say(2, 'HAProxy does not run');
  expect(values()).toEqual(['10.0.0.1']);
  // A node that the host does not carry is not for it to speak of.
  await say(0);
  expect(values()).toEqual(['10.0.0.1']);
});

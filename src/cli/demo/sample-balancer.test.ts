import { describe, expect, test } from 'vitest';
import { ApiError } from '#wire/aws';
import { TestInstallation } from '../../../test/support/command-line.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { Invocation } from '../invocation.ts';
import { choosePort, ensureBalancer, removeBalancer, waitForTargets } from './sample-balancer.ts';
import type { DescribedTask } from './sample-service.ts';

const network = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'], groupId: 'sg-1' };

/** Elastic Load Balancing by its answers, one for each operation; the calls that were made. */
function balancing(answers: Readonly<Record<string, (input: never) => unknown>>): {
  readonly controlPlane: ControlPlane;
  readonly calls: { readonly operation: string; readonly input: unknown }[];
} {
  const calls: { readonly operation: string; readonly input: unknown }[] = [];
  const elbv2 = async (operation: string, input: unknown): Promise<unknown> => {
    calls.push({ operation, input });
    return answers[operation]?.(input as never) ?? {};
  };
  return { controlPlane: { elbv2 } as unknown as ControlPlane, calls };
}

async function invocation(busy: readonly number[] = []): Promise<Invocation> {
  await using installation = await TestInstallation.create();
  const deps = installation.deps();
  const http = { ...deps.http, canListen: async (_: string, port: number) => !busy.includes(port) };
  return { deps: { ...deps, http } } as unknown as Invocation;
}

/** A load balancer that gets active, with these listeners. */
const balancer = (listeners: readonly object[] = []) => ({
  CreateTargetGroup: () => ({ TargetGroups: [{ TargetGroupArn: 'group' }] }),
  CreateLoadBalancer: () => ({ LoadBalancers: [{ LoadBalancerArn: 'balancer', DNSName: 'demo.elb.localhost' }] }),
  DescribeLoadBalancers: () => ({ LoadBalancers: [{ LoadBalancerArn: 'other', State: { Code: 'active' } }] }),
  DescribeListeners: ({ LoadBalancerArn: arn }: { readonly LoadBalancerArn: string }) => ({
    Listeners: arn === 'other' ? [{ Port: 8081 }] : listeners,
  }),
});

describe('the port of the listener', () => {
  test('is 8080, or the next that neither this machine nor another load balancer has; that is said', async () => {
    const { controlPlane, calls } = balancing(balancer());
    const said: string[] = [];
    const made = await ensureBalancer(await invocation([8080, 8082]), controlPlane, network, (text) => said.push(text));
    expect(made).toMatchObject({ port: 8083, url: 'http://127.0.0.1:8083/', targetGroupArn: 'group' });
    expect(calls.find(({ operation }) => operation === 'CreateListener')?.input).toMatchObject({ Port: 8083 });
    expect(said).toEqual(['demo.elb.localhost, port 8083 (8080 is in use on this machine)']);
  });

  test('stays what it is', async () => {
    const { controlPlane, calls } = balancing(balancer([{ Port: 8085 }]));
    const made = await ensureBalancer(await invocation([8085]), controlPlane, network, () => {});
    expect(made.port).toBe(8085);
    expect(calls.map(({ operation }) => operation)).not.toContain('CreateListener');
  });

  test('is refused when all are in use', async () => {
    const none = { canListen: () => Promise.resolve(false) };
    await expect(choosePort(none, new Set())).rejects.toMatchObject({ exitCode: 9 });
  });
});

describe('waiting for targets', () => {
  const task = (address: string): DescribedTask => ({
    attachments: [{ type: 'ElasticNetworkInterface', details: [{ name: 'privateIPv4Address', value: address }] }],
  });
  const target = (Id: string, State: string) => ({ Target: { Id }, TargetHealth: { State } });

  test('ends when the tasks are all the targets there are, and healthy', async () => {
    const rounds = [
      [target('10.0.0.1', 'initial')],
      [target('10.0.0.1', 'healthy'), target('10.0.0.2', 'healthy'), target('10.0.0.3', 'draining')],
      [target('10.0.0.1', 'healthy'), target('10.0.0.2', 'healthy')],
    ];
    const { controlPlane, calls } = balancing({
      DescribeTargetHealth: () => ({ TargetHealthDescriptions: rounds.shift() ?? [] }),
    });
    const said: string[] = [];
    const tasks = ['10.0.0.1', '10.0.0.2'].map(task);
    await waitForTargets(await invocation(), controlPlane, { targetGroupArn: 'group' }, tasks, (text) =>
      said.push(text),
    );
    expect(said).toEqual(['0/2 targets healthy', '2/2 targets healthy', '2/2 targets healthy']);
    expect(calls).toHaveLength(3);
  });
});

test('taking it away is no error when it is gone already', async () => {
  const notFound = (code: string) => () => {
    throw new ApiError(code, 'not found');
  };
  const gone = balancing({
    DescribeLoadBalancers: notFound('LoadBalancerNotFound'),
    DescribeTargetGroups: notFound('TargetGroupNotFound'),
  });
  await removeBalancer(gone.controlPlane);
  expect(gone.calls.map(({ operation }) => operation)).toEqual(['DescribeLoadBalancers', 'DescribeTargetGroups']);
  const failing = balancing({ DescribeLoadBalancers: notFound('ServiceUnavailable') });
  await expect(removeBalancer(failing.controlPlane)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
});

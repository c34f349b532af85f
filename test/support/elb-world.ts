import { type Answer, type ApiHarness, accountA, apiHarness } from './api-harness.ts';

/** Calls of the Elastic Load Balancing API over a store in memory. */
export interface ElbWorld {
  readonly harness: ApiHarness;
  readonly subnets: readonly string[];
  readonly vpcId: string;
  readonly call: (operation: string, input?: object, as?: { accountId?: typeof accountA }) => Promise<Answer>;
  /** The code and the sentence of the error that the call must end with. */
  readonly failing: (operation: string, input?: object, as?: { accountId?: typeof accountA }) => Promise<string>;
  readonly balancer: (input?: object) => Promise<Answer>;
  readonly group: (name: string, input?: object) => Promise<Answer>;
  readonly listener: (balancer: Answer, group: Answer, input?: object) => Promise<Answer>;
  readonly defaultRule: (listener: Answer) => Promise<Answer>;
}

/** A forward action to one group. */
export function forwardTo(...groups: readonly Answer[]): object[] {
  const [only, ...more] = groups;
  if (more.length === 0) return [{ Type: 'forward', TargetGroupArn: only.TargetGroupArn }];
  const TargetGroups = groups.map(({ TargetGroupArn }, index) => ({ TargetGroupArn, Weight: index === 0 ? 100 : 0 }));
  return [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
}

export async function elbWorld(given?: ApiHarness): Promise<ElbWorld> {
  const harness = given ?? (await apiHarness());
  const subnets = await harness.subnets();
  const call: ElbWorld['call'] = (operation, input = {}, as = {}) =>
    harness.call(operation, input, { service: 'elasticloadbalancingv2', ...as });
  const vpcId = [...harness.store.view.vpcs.all()].find(({ accountId }) => accountId === accountA)?.vpcId ?? '';
  return {
    harness,
    subnets,
    vpcId,
    call,
    failing: async (operation, input, as) => {
      const error = await call(operation, input, as).then(
        () => undefined,
        (reason: unknown) => reason as { code: string; message: string },
      );
      return `${error?.code}: ${error?.message}`;
    },
    balancer: async (input = {}) =>
      (await call('CreateLoadBalancer', { Name: 'web', Subnets: subnets.slice(0, 2), ...input })).LoadBalancers[0],
    group: async (name, input = {}) => {
      const asked = { Name: name, Protocol: 'HTTP', Port: 80, VpcId: vpcId, TargetType: 'ip', ...input };
      return (await call('CreateTargetGroup', asked)).TargetGroups[0];
    },
    listener: async ({ LoadBalancerArn }, group, input = {}) => {
      const asked = { LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions: forwardTo(group), ...input };
      return (await call('CreateListener', asked)).Listeners[0];
    },
    defaultRule: async ({ ListenerArn }) => {
      const { Rules } = await call('DescribeRules', { ListenerArn });
      return Rules.find(({ IsDefault }: Answer) => IsDefault);
    },
  };
}

import { type Answer, type Client, isRefusal } from './client.ts';

/** Attempts before anything else is done. */
const patience = 1_000;

/** Where the traffic of a service comes from: its listener's default rule, and two groups that it may be forwarded to. */
export interface ServiceFront {
  readonly blue: string;
  readonly green: string;
  readonly rule: string;
}

/** One load balancer, and a listener and two target groups on it for each of the services. */
export async function prepareFronts(
  user: Client,
  network: { readonly vpcId: string; readonly subnets: readonly string[] },
  services: readonly string[],
): Promise<ReadonlyMap<string, ServiceFront>> {
  const insist = (operation: string, input: object): Promise<Answer> =>
    user.call(`elasticloadbalancingv2:${operation}`, input, patience);
  const fronts = new Map<string, ServiceFront>();
  if (services.length === 0) return fronts;
  const made = await insist('CreateLoadBalancer', { Name: 'sim', Subnets: network.subnets });
  const { LoadBalancerArn } = made.LoadBalancers[0];
  for (const [index, service] of services.entries()) {
    const groups: string[] = [];
    for (const color of ['blue', 'green']) {
      const Name = `${service}-${color}`;
      const wanted = { Name, Protocol: 'HTTP', Port: 80, VpcId: network.vpcId, TargetType: 'ip' };
      const { TargetGroupArn } = (await insist('CreateTargetGroup', wanted)).TargetGroups[0];
      const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '10' }];
      await insist('ModifyTargetGroupAttributes', { TargetGroupArn, Attributes });
      groups.push(TargetGroupArn);
    }
    const [blue = '', green = ''] = groups;
    const Port = 1_000 + index;
    const TargetGroups = [
      { TargetGroupArn: blue, Weight: 100 },
      { TargetGroupArn: green, Weight: 0 },
    ];
    const DefaultActions = [{ Type: 'forward', ForwardConfig: { TargetGroups } }];
    await insist('CreateListener', { LoadBalancerArn, Protocol: 'HTTP', Port, DefaultActions }).catch(
      (error: unknown) => {
        // There already: an earlier attempt worked.
        if (!isRefusal(error)) throw error;
      },
    );
    const { Listeners } = await insist('DescribeListeners', { LoadBalancerArn, PageSize: 400 });
    const { ListenerArn } = Listeners.find((listener: Answer) => listener.Port === Port);
    const { Rules } = await insist('DescribeRules', { ListenerArn });
    fronts.set(service, { blue, green, rule: Rules[0].RuleArn });
  }
  return fronts;
}

/** The load balancers of a service as CreateService takes them; two groups where a release shifts between them. */
export function behind({ blue, green, rule }: ServiceFront, releases: boolean): readonly object[] {
  const shift = {
    alternateTargetGroupArn: green,
    productionListenerRule: rule,
    roleArn: 'arn:aws:iam::000000000000:role/ecs',
  };
  const target = { targetGroupArn: blue, containerName: 'app', containerPort: 80 };
  return [releases ? { ...target, advancedConfiguration: shift } : target];
}

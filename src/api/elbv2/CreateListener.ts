import { type Listener, type ListenerRule, newListenerArn, newRuleArn } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { checkedAction, requireFitting } from './actions.ts';
import { requireCertificates } from './certificates.ts';
import { getLoadBalancer } from './find.ts';
import { limits } from './limits.ts';
import { checkedListener, type ListenerSettings, presentListener } from './listener.ts';
import { access, elbv2 } from './service.ts';
import { checkedTags } from './tags.ts';

/** CreateListener: with its default rule. */
export const CreateListener = operation(elbv2, 'CreateListener', {
  authorize: ({ LoadBalancerArn }) => access('CreateListener', LoadBalancerArn),
  command: (input) => ({
    arn: input.LoadBalancerArn ?? '',
    input,
    action: checkedAction(input.DefaultActions),
    tags: checkedTags(input.Tags),
  }),
  apply: (tx, { arn, input, action, tags }, ctx) => {
    const balancer = getLoadBalancer(tx, ctx.scope, arn);
    const settings = checkedListener(input, balancer);
    requireFitting(tx, action, { balancer, protocol: settings.protocol }, ctx);
    requirePortFree(tx, arn, settings);
    if (settings.defaultCertificateArn !== undefined) {
      requireCertificates(tx, ctx.scope, [settings.defaultCertificateArn]);
    }
    if (tx.listeners.count('loadBalancer', arn) >= limits.listenersPerLoadBalancer) {
      throw new ApiError(
        'TooManyListeners',
        `You've reached the limit on the number of listeners per load balancer '${arn}'`,
      );
    }
    const listener: Listener = {
      ...ctx.scope,
      listenerArn: newListenerArn(ctx.scope, arn, ctx.ids),
      loadBalancerArn: arn,
      ...settings,
      certificateArns: [],
      attributes: {},
      tags,
      createdAt: ctx.now,
    };
    const rule: ListenerRule = {
      ...ctx.scope,
      ruleArn: newRuleArn(ctx.scope, listener.listenerArn, ctx.ids),
      listenerArn: listener.listenerArn,
      priority: 'default',
      conditions: [],
      action,
      tags: [],
      createdAt: ctx.now,
    };
    tx.listeners.put(listener);
    tx.listenerRules.put(rule);
    return { view: tx, listener };
  },
  output: ({ view, listener }) => ({ Listeners: [presentListener(view, listener)] }),
});

const udp: readonly string[] = ['UDP', 'TCP_UDP'];

/** A port is taken once, but for one listener for TCP and one for UDP. */
export function requirePortFree(
  tx: RoadsteadTx,
  loadBalancerArn: string,
  { port, protocol }: Pick<ListenerSettings, 'port' | 'protocol'>,
  own?: string,
): void {
  for (const other of tx.listeners.by('loadBalancer', loadBalancerArn)) {
    if (other.port !== port || other.listenerArn === own) continue;
    const apart =
      protocol !== 'TCP_UDP' && other.protocol !== 'TCP_UDP' && udp.includes(protocol) !== udp.includes(other.protocol);
    if (apart) continue;
    throw new ApiError(
      'DuplicateListener',
      `A listener already exists on this port for this load balancer '${loadBalancerArn}'`,
    );
  }
}

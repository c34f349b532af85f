import type { Listener } from '#model';
import { operation } from '../operation.ts';
import { checkedAction, requireFitting } from './actions.ts';
import { requirePortFree } from './CreateListener.ts';
import { requireCertificates } from './certificates.ts';
import { defaultRuleOf, getListener } from './find.ts';
import { checkedListener, presentListener } from './listener.ts';
import { access, elbv2 } from './service.ts';

/** ModifyListener: what is named; its default actions whole. */
export const ModifyListener = operation(elbv2, 'ModifyListener', {
  authorize: ({ ListenerArn }) => access('ModifyListener', ListenerArn),
  command: (input) => {
    const { DefaultActions: actions } = input;
    const changes = actions !== undefined && actions.length > 0;
    return { arn: input.ListenerArn ?? '', input, action: changes ? checkedAction(actions) : undefined };
  },
  apply: (tx, { arn, input, action }, ctx) => {
    const before = getListener(tx, ctx.scope, arn);
    const balancer = tx.loadBalancers.get(before.loadBalancerArn);
    const settings = checkedListener(input, balancer, before);
    const rule = defaultRuleOf(tx, before);
    for (const { action: kept } of tx.listenerRules.by('listener', arn)) {
      if (settings.protocol !== before.protocol) requireFitting(tx, kept, { balancer, ...settings }, ctx);
    }
    if (action !== undefined) requireFitting(tx, action, { balancer, protocol: settings.protocol }, ctx);
    requirePortFree(tx, before.loadBalancerArn, settings, arn);
    const { defaultCertificateArn: certificate } = settings;
    if (certificate !== undefined && certificate !== before.defaultCertificateArn) {
      requireCertificates(tx, ctx.scope, [certificate]);
    }
    const { sslPolicy: _, alpnPolicy: __, defaultCertificateArn: ___, ...kept } = before;
    const sameFamily = settings.protocol === before.protocol;
    const listener: Listener = { ...kept, ...settings, attributes: sameFamily ? kept.attributes : {} };
    tx.listeners.put(listener);
    if (action !== undefined) tx.listenerRules.put({ ...rule, action });
    return { view: tx, listener };
  },
  output: ({ view, listener }) => ({ Listeners: [presentListener(view, listener)] }),
});

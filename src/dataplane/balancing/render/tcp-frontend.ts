import type { ListenerDocument } from '#wire/link';
import type { ConfigurationLine } from './lines.ts';
import { backendName, frontendName } from './names.ts';

/** A listener of a network load balancer whose connections HAProxy takes: TLS, or targets that want the PROXY protocol. */
export function tcpFrontend(listener: ListenerDocument, bind: string): readonly ConfigurationLine[] {
  const origin = { listenerArn: listener.listenerArn };
  const idleSeconds = Math.trunc(Number(listener.attributes['tcp.idle_timeout.seconds'] ?? 350)) || 350;
  const action = listener.rules.at(-1)?.action;
  const groups = action?.type === 'forward' ? action.targetGroups.filter(({ weight }) => weight > 0) : [];
  let left = groups.reduce((sum, { weight }) => sum + weight, 0);
  const choices = groups.map(({ targetGroupArn, weight }) => {
    const among = left;
    left -= weight;
    return `use_backend ${backendName(targetGroupArn, 'tcp')}${left > 0 ? ` if { rand(${among}) lt ${weight} }` : ''}`;
  });
  const texts = ['mode tcp', `bind ${bind}`, `timeout client ${idleSeconds}s`, ...choices];
  return [
    { text: `frontend ${frontendName(listener.listenerArn)}`, origin },
    ...texts.map((text) => ({ text: `  ${text}`, origin })),
  ];
}

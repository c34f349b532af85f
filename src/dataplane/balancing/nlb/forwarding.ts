import { runIn, tryIn } from '../namespaces.ts';
import { type ForwardingInput, forwardingRules } from './rules.ts';

interface Served {
  readonly address: string;
  readonly port: number;
  readonly protocols: readonly ('tcp' | 'udp')[];
  /** Whether what is open ends when the target leaves. */
  readonly terminates: boolean;
}

/** What the kernel forwards in the namespace of a network load balancer's node. */
export class Forwarding {
  readonly #namespace: string;
  #applied = '';
  #served = new Map<string, Served>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Throws Fault `Balancing`. */
  async apply(input: ForwardingInput): Promise<void> {
    const rules = forwardingRules(input);
    if (rules !== this.#applied) {
      await runIn(this.#namespace, 'nft', ['-f', '-'], rules);
      this.#applied = rules;
    }
    const served = servedBy(input);
    for (const [key, target] of this.#served) if (!served.has(key)) await this.#forget(target);
    this.#served = served;
  }

  /**
   * Connections of a target that is gone lead nowhere; without their entry, their next packet meets the rules as they
   * are now.
   */
  async #forget({ address, port, protocols, terminates }: Served): Promise<void> {
    for (const protocol of protocols) {
      if (protocol === 'tcp' && !terminates) continue;
      const which = ['-D', '-p', protocol, '--reply-src', address, '--reply-port-src', String(port)];
      await tryIn(this.#namespace, 'conntrack', which);
    }
  }
}

/** The targets whose connections go on: those that leave are among them until their time is over. */
function servedBy({ balancer, targetGroups, serving }: ForwardingInput): Map<string, Served> {
  const served = new Map<string, Served>();
  const forwards = balancer.listeners.flatMap(({ rules }) => rules.map(({ action }) => action));
  const arns = forwards.flatMap((action) =>
    action.type === 'forward' ? action.targetGroups.map(({ targetGroupArn }) => targetGroupArn) : [],
  );
  for (const arn of new Set(arns)) {
    const group = targetGroups.get(arn);
    if (group === undefined) continue;
    const open = new Set(serving(arn));
    const { attributes, protocol } = group;
    const protocols =
      protocol === 'UDP'
        ? ['udp' as const]
        : protocol === 'TCP_UDP'
          ? ['tcp' as const, 'udp' as const]
          : ['tcp' as const];
    const endsUnhealthy = attributes['target_health_state.unhealthy.connection_termination.enabled'] !== 'false';
    for (const target of group.targets) {
      if (!open.has(target) && !target.draining && endsUnhealthy) continue;
      const { address, port } = target;
      served.set(`${arn} ${address}:${port}`, { address, port, protocols, terminates: true });
    }
    if (attributes['deregistration_delay.connection_termination.enabled'] === 'true') continue;
    for (const target of group.targets) {
      const entry = served.get(`${arn} ${target.address}:${target.port}`);
      if (entry !== undefined && target.draining)
        served.set(`${arn} ${target.address}:${target.port}`, { ...entry, terminates: false });
    }
  }
  return served;
}

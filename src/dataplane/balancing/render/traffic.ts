import type { BalancerDocument, ListenerDocument, TargetDocument, TargetGroupDocument } from '#wire/link';

/** The groups that a listener may forward to, each once. */
export function groupsOf({ rules }: ListenerDocument): readonly string[] {
  const forwards = rules.flatMap(({ action }) => (action.type === 'forward' ? action.targetGroups : []));
  return [...new Set(forwards.map(({ targetGroupArn }) => targetGroupArn))];
}

/**
 * Whether HAProxy takes a listener's connections; the kernel forwards those of the others: TCP and UDP, save where a
 * target wants to be told of the client by the PROXY protocol.
 */
export function byHaproxy(listener: ListenerDocument, groups: ReadonlyMap<string, TargetGroupDocument>): boolean {
  if (listener.protocol === 'UDP' || listener.protocol === 'TCP_UDP') return false;
  if (listener.protocol !== 'TCP') return true;
  return groupsOf(listener).some((arn) => {
    const group = groups.get(arn);
    return group?.protocol === 'TLS' || group?.attributes['proxy_protocol_v2.enabled'] === 'true';
  });
}

/**
 * The targets that a node sends traffic to: all, or with cross-zone balancing off those of its own zone, as long as
 * there is one; a node without any would only turn clients away.
 */
export function targetsOfNode(
  group: TargetGroupDocument,
  { attributes }: BalancerDocument,
  availabilityZone: string,
): readonly TargetDocument[] {
  const ofGroup = group.attributes['load_balancing.cross_zone.enabled'];
  const asBalancer = ofGroup === undefined || ofGroup === 'use_load_balancer_configuration';
  const crossZone = asBalancer ? (attributes['load_balancing.cross_zone.enabled'] ?? 'true') : ofGroup;
  if (crossZone !== 'false') return group.targets;
  const near = group.targets.filter((target) => (target.availabilityZone ?? availabilityZone) === availabilityZone);
  return near.length > 0 ? near : group.targets;
}

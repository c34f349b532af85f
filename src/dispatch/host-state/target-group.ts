import { addressOf, type GroupUsage, hostOf, isInZone, placeOf, usageOf } from '#balancing';
import {
  attributeValue,
  type ContainerInstance,
  isAway,
  type Target,
  type TargetGroup,
  targetGroupAttributes,
  targetGroupsOf,
} from '#model';
import type { RoadsteadView } from '#store';
import type { TargetDocument } from '#wire/link';
import { type HostStateCompiler, scopeOfHost } from './compiler.ts';

/** Target groups that rules forward to, given to the hosts that carry their load balancers' nodes. */
export const targetGroupCompiler: HostStateCompiler<'target-group'> = {
  kind: 'target-group',
  *all(view) {
    for (const { targetGroupArn } of view.targetGroups.all()) yield targetGroupArn;
  },
  changedBy: {
    targetGroups: ({ key }) => [key],
    targets: ({ before, after }) => (sameDocument(before, after) ? [] : [(after ?? before)?.targetGroupArn ?? '']),
    listenerRules: ({ before, after }) =>
      [before, after].flatMap((rule) => (rule === undefined ? [] : targetGroupsOf(rule.action))),
    *loadBalancers({ key, before, after }, view) {
      if (before?.nodes === after?.nodes) return;
      for (const { listenerArn } of view.listeners.by('loadBalancer', key)) {
        for (const { action } of view.listenerRules.by('listener', listenerArn)) yield* targetGroupsOf(action);
      }
    },
    *containerInstances({ key, before, after }, view) {
      if (awayText(before) !== awayText(after)) yield* groupsOfHost(view, key);
      if (placeText(before) === placeText(after)) return;
      const id = (after ?? before)?.ec2InstanceId ?? '';
      for (const { targetGroupArn } of view.targets.by('id', id)) yield targetGroupArn;
    },
  },
  compile(view, id) {
    const group = view.targetGroups.find(id);
    if (group === undefined) return undefined;
    const usage = usageOf(view, id);
    const { hosts } = usage;
    if (hosts.size === 0) return undefined;
    const { healthCheck } = group;
    const body = {
      name: group.targetGroupName,
      protocol: group.protocol,
      protocolVersion: group.protocolVersion ?? ('HTTP1' as const),
      vpcId: group.vpcId,
      attributes: targetGroupAttributes(group),
      healthCheck: { ...healthCheck, path: healthCheck.path ?? '/', matcher: healthCheck.matcher ?? '200-399' },
      targets: [...view.targets.by('targetGroup', id)].flatMap((target) => targetDocument(view, group, target, usage)),
    };
    return { body, scopes: [...hosts].map(scopeOfHost) };
  },
};

/** Without those of which nobody knows where they are, and those in zones that the load balancer is not in. */
function targetDocument(
  view: RoadsteadView,
  group: TargetGroup,
  target: Target,
  usage: GroupUsage,
): readonly TargetDocument[] {
  const address = addressOf(view, group, target);
  if (address === undefined || !isInZone(placeOf(view, group, target), usage)) return [];
  const { id, port, availabilityZone, drainsUntil } = target;
  const zone = availabilityZone === undefined ? {} : { availabilityZone };
  const host = hostOf(view, group, target);
  const suspect = host !== undefined && isAway(host) ? { suspect: true as const } : {};
  return [{ id, address, port, ...zone, draining: drainsUntil !== undefined, ...suspect }];
}

/** Health is for the hosts to say, not to hear. */
function sameDocument(before: Target | undefined, after: Target | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return before.drainsUntil === after.drainsUntil && before.registeredAt === after.registeredAt;
}

function awayText(instance: ContainerInstance | undefined): string {
  return instance === undefined ? '' : String(isAway(instance));
}

/** The groups of which the host has targets. */
function groupsOfHost(view: RoadsteadView, hostArn: string): ReadonlySet<string> {
  const groups = new Set<string>();
  for (const { taskArn } of view.tasks.by('host', hostArn)) {
    for (const { targetGroupArn } of view.targets.by('task', taskArn)) groups.add(targetGroupArn);
  }
  for (const { targetGroupArn } of view.targets.by('id', view.containerInstances.find(hostArn)?.ec2InstanceId ?? '')) {
    groups.add(targetGroupArn);
  }
  return groups;
}

function placeText(instance: ContainerInstance | undefined): string {
  return instance === undefined || instance.status === 'INACTIVE'
    ? ''
    : `at ${attributeValue(instance, 'roadstead.underlay-address') ?? ''}`;
}

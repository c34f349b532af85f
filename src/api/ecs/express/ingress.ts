import {
  type CertificateArn,
  canonicalHostedZoneIds,
  type ExpressResources,
  expressServicesPerBalancer,
  type Listener,
  type LoadBalancer,
  newDnsName,
  newListenerArn,
  newLoadBalancerArn,
  newRuleArn,
  newTargetGroupArn,
  type SecurityGroup,
  type SecurityGroupRule,
  scopeKey,
  type Tag,
  type TargetGroup,
} from '#model';
import { putGroup } from '#network';
import type { RoadsteadTx, RoadsteadView } from '#store';
import type { OperationContext } from '../../operation.ts';
import type { ExpressNetwork } from './network.ts';

/** What one service's way in is to be. */
export interface WantedIngress {
  /** Of 8 hexadecimal digits; in the names of all that is made. */
  readonly id: string;
  readonly endpoint: string;
  readonly certificateArn: CertificateArn;
  readonly port: number;
  readonly healthCheckPath: string;
  readonly network: ExpressNetwork;
  readonly tags: readonly Tag[];
}

const httpsPort = 443;

/** Makes all between the endpoint and the tasks, in a load balancer that has room, or in a new one. */
export function putIngress(
  tx: RoadsteadTx,
  wanted: WantedIngress,
  ctx: OperationContext,
): Omit<ExpressResources, 'logGroupName'> {
  const balancer = balancerWithRoom(tx, wanted.network, ctx) ?? newBalancer(tx, wanted, ctx);
  const [balancerGroupId = ''] = balancer.securityGroups;
  const listener = listenerOf(tx, balancer, wanted, ctx);
  const groups = [newTargetGroup(tx, wanted, 'a', ctx), newTargetGroup(tx, wanted, 'b', ctx)] as const;
  const ruleArn = newRuleArn(ctx.scope, listener.listenerArn, ctx.ids);
  tx.listenerRules.put({
    ...ctx.scope,
    ruleArn,
    listenerArn: listener.listenerArn,
    priority: freePriority(tx, listener),
    conditions: [{ field: 'host-header', values: [wanted.endpoint] }],
    action: {
      type: 'forward',
      targetGroups: groups.map((targetGroupArn, index) => ({ targetGroupArn, weight: index === 0 ? 100 : 0 })),
    },
    tags: wanted.tags,
    createdAt: ctx.now,
  });
  const name = `ecs-express-service-${wanted.id}`;
  const serviceGroupId = newGroup(tx, name, 'Tasks of an Express service', wanted, ctx).groupId;
  admit(tx, { groupId: serviceGroupId, port: wanted.port, referencedGroupId: balancerGroupId }, ctx);
  return {
    loadBalancerArn: balancer.loadBalancerArn,
    balancerGroupId,
    listenerArn: listener.listenerArn,
    ruleArn,
    certificateArn: wanted.certificateArn,
    targetGroupArns: groups,
    serviceGroupId,
  };
}

/** Lets a group's interfaces be reached at one port, unless they are already. */
export function admit(
  tx: RoadsteadTx,
  from: { readonly groupId: string; readonly port: number } & Pick<SecurityGroupRule, 'cidrIpv4' | 'referencedGroupId'>,
  { scope, ids }: OperationContext,
): void {
  const { port, ...rest } = from;
  for (const rule of tx.securityGroupRules.by('group', from.groupId)) {
    const same = rule.cidrIpv4 === from.cidrIpv4 && rule.referencedGroupId === from.referencedGroupId;
    if (!rule.isEgress && rule.fromPort <= port && rule.toPort >= port && same) return;
  }
  const securityGroupRuleId = `sgr-${ids.hex(17)}`;
  const range = { ipProtocol: 'tcp', fromPort: port, toPort: port };
  tx.securityGroupRules.put({ ...scope, securityGroupRuleId, isEgress: false, ...range, ...rest });
}

/** One of the same subnets that fewer services share than may. */
function balancerWithRoom(
  view: RoadsteadView,
  network: ExpressNetwork,
  { scope }: OperationContext,
): LoadBalancer | undefined {
  const wanted = placeOf(network);
  return [...view.loadBalancers.by('scope', scopeKey(scope))].find(
    (balancer) =>
      balancer.express === true &&
      placeOf({
        balancerSubnets: balancer.subnets,
        isPublic: balancer.scheme === 'internet-facing',
      }) === wanted &&
      view.services.count('express', balancer.loadBalancerArn) < expressServicesPerBalancer,
  );
}

function placeOf(place: {
  readonly balancerSubnets: readonly { readonly subnetId: string }[];
  readonly isPublic: boolean;
}): string {
  const ids = place.balancerSubnets.map(({ subnetId }) => subnetId).sort();
  return `${place.isPublic} ${ids.join()}`;
}

function newBalancer(tx: RoadsteadTx, { network, tags }: WantedIngress, ctx: OperationContext): LoadBalancer {
  const loadBalancerName = `ecs-express-gateway-alb-${ctx.ids.hex(8)}`;
  const group = newGroup(tx, loadBalancerName, 'Load balancer of Express services', { network, tags }, ctx);
  const open = network.isPublic ? '0.0.0.0/0' : tx.vpcs.get(network.vpcId).cidrBlock;
  admit(tx, { groupId: group.groupId, port: httpsPort, cidrIpv4: open }, ctx);
  const scheme = network.isPublic ? ('internet-facing' as const) : ('internal' as const);
  const balancer: LoadBalancer = {
    ...ctx.scope,
    loadBalancerArn: newLoadBalancerArn(ctx.scope, 'application', loadBalancerName, ctx.ids),
    loadBalancerName,
    type: 'application',
    scheme,
    vpcId: network.vpcId,
    subnets: network.balancerSubnets.map(({ subnetId, availabilityZone }) => ({ subnetId, availabilityZone })),
    securityGroups: [group.groupId],
    dnsName: newDnsName({ loadBalancerName, scheme, region: ctx.scope.region }, ctx.ids),
    canonicalHostedZoneId: canonicalHostedZoneIds.application,
    state: 'provisioning',
    attributes: {},
    nodes: [],
    express: true,
    tags,
    createdAt: ctx.now,
  };
  tx.loadBalancers.put(balancer);
  return balancer;
}

/** The HTTPS listener, with the certificate of one more service. */
function listenerOf(
  tx: RoadsteadTx,
  { loadBalancerArn }: LoadBalancer,
  { certificateArn, tags }: WantedIngress,
  ctx: OperationContext,
): Listener {
  for (const listener of tx.listeners.by('loadBalancer', loadBalancerArn)) {
    if (listener.port !== httpsPort || listener.protocol !== 'HTTPS') continue;
    const more = { ...listener, certificateArns: [...listener.certificateArns, certificateArn] };
    tx.listeners.put(more);
    return more;
  }
  const listener: Listener = {
    ...ctx.scope,
    listenerArn: newListenerArn(ctx.scope, loadBalancerArn, ctx.ids),
    loadBalancerArn,
    port: httpsPort,
    protocol: 'HTTPS',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    defaultCertificateArn: certificateArn,
    certificateArns: [],
    attributes: {},
    tags,
    createdAt: ctx.now,
  };
  tx.listeners.put(listener);
  tx.listenerRules.put({
    ...ctx.scope,
    ruleArn: newRuleArn(ctx.scope, listener.listenerArn, ctx.ids),
    listenerArn: listener.listenerArn,
    priority: 'default',
    conditions: [],
    action: { type: 'fixed-response', statusCode: '404', contentType: 'text/plain', messageBody: 'Not Found' },
    tags: [],
    createdAt: ctx.now,
  });
  return listener;
}

function freePriority(view: RoadsteadView, { listenerArn }: Listener): number {
  const taken = new Set([...view.listenerRules.by('listener', listenerArn)].map(({ priority }) => priority));
  let priority = 1;
  while (taken.has(priority)) priority++;
  return priority;
}

function newGroup(
  tx: RoadsteadTx,
  groupName: string,
  description: string,
  { network, tags }: Pick<WantedIngress, 'network' | 'tags'>,
  ctx: OperationContext,
): SecurityGroup {
  const groupId = `sg-${ctx.ids.hex(17)}`;
  const group: SecurityGroup = { ...ctx.scope, groupId, groupName, description, vpcId: network.vpcId, tags };
  putGroup(tx, group, ctx.ids);
  return group;
}

/** How long a target that leaves may end its requests, seconds. */
const drainSeconds = '30';

function newTargetGroup(
  tx: RoadsteadTx,
  { id, port, healthCheckPath, network, tags }: WantedIngress,
  letter: string,
  ctx: OperationContext,
): string {
  const targetGroupName = `ecs-express-${id}-${letter}`;
  const group: TargetGroup = {
    ...ctx.scope,
    targetGroupArn: newTargetGroupArn(ctx.scope, targetGroupName, ctx.ids),
    targetGroupName,
    protocol: 'HTTP',
    protocolVersion: 'HTTP1',
    port,
    vpcId: network.vpcId,
    targetType: 'ip',
    healthCheck: {
      enabled: true,
      protocol: 'HTTP',
      port: 'traffic-port',
      path: healthCheckPath,
      intervalSeconds: 30,
      timeoutSeconds: 5,
      healthyThreshold: 5,
      unhealthyThreshold: 2,
      matcher: '200',
    },
    attributes: { 'deregistration_delay.timeout_seconds': drainSeconds },
    tags,
    createdAt: ctx.now,
  };
  tx.targetGroups.put(group);
  return group.targetGroupArn;
}

import { canonicalHostedZoneIds, elbArn, type LoadBalancer, newDnsName, newLoadBalancerArn, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { notHere } from './errors.ts';
import { findLoadBalancerByName } from './find.ts';
import { limits } from './limits.ts';
import {
  askedSubnets,
  checkedIpAddressType,
  presentLoadBalancer,
  resolveGroups,
  resolveSubnets,
} from './load-balancer.ts';
import { checkedName } from './names.ts';
import { access, elbv2 } from './service.ts';
import { checkedTags, sameTags } from './tags.ts';

/** CreateLoadBalancer: stores it as provisioning; the balancer loop gives it its nodes. The same request again gives the same one. */
export const CreateLoadBalancer = operation(elbv2, 'CreateLoadBalancer', {
  authorize: ({ Name, Type }, { scope }) =>
    access('CreateLoadBalancer', elbArn(scope, `loadbalancer/${Type === 'network' ? 'net' : 'app'}/${Name}/*`)),
  command: (input, ctx) => {
    const type = input.Type ?? 'application';
    if (type === 'gateway') throw notHere("The load balancer type 'gateway'");
    const loadBalancerName = checkedName(input.Name ?? '', 'Load balancer');
    checkedIpAddressType(input.IpAddressType);
    if (input.CustomerOwnedIpv4Pool !== undefined) throw notHere('CustomerOwnedIpv4Pool');
    if (input.IpamPools !== undefined) throw notHere('IpamPools');
    return {
      asked: askedSubnets(input, type),
      groups: input.SecurityGroups,
      record: {
        ...ctx.scope,
        loadBalancerName,
        type,
        scheme: input.Scheme ?? ('internet-facing' as const),
        canonicalHostedZoneId: canonicalHostedZoneIds[type],
        state: 'provisioning' as const,
        attributes: {},
        nodes: [],
        tags: checkedTags(input.Tags),
        createdAt: ctx.now,
      },
    };
  },
  apply: (tx, { asked, groups, record }, ctx) => {
    const { vpcId, subnets } = resolveSubnets(tx, ctx.scope, asked, record.type);
    const settled = {
      ...record,
      vpcId,
      subnets,
      securityGroups: resolveGroups(tx, ctx.scope, groups, { type: record.type, vpcId }),
    };
    const existing = findLoadBalancerByName(tx, ctx.scope, record.loadBalancerName);
    if (existing !== undefined) return requireAlike(existing, settled);
    if (tx.loadBalancers.count('scope', scopeKey(ctx.scope)) >= limits.loadBalancersPerRegion) {
      throw new ApiError(
        'TooManyLoadBalancers',
        "You've reached the limit on the number of load balancers for your account",
      );
    }
    const balancer: LoadBalancer = {
      ...settled,
      loadBalancerArn: newLoadBalancerArn(ctx.scope, record.type, record.loadBalancerName, ctx.ids),
      dnsName: newDnsName(settled, ctx.ids),
    };
    tx.loadBalancers.put(balancer);
    return balancer;
  },
  output: (balancer) => ({ LoadBalancers: [presentLoadBalancer(balancer)] }),
});

type Settings = Pick<LoadBalancer, 'loadBalancerName' | 'type' | 'scheme' | 'subnets' | 'securityGroups' | 'tags'>;

function requireAlike(existing: LoadBalancer, asked: Settings): LoadBalancer {
  if (textOf(existing) === textOf(asked) && sameTags(existing.tags, asked.tags)) return existing;
  throw new ApiError(
    'DuplicateLoadBalancerName',
    `A load balancer with the same name '${asked.loadBalancerName}' exists, but with different settings`,
  );
}

function textOf({ type, scheme, subnets, securityGroups }: Settings): string {
  const ids = subnets.map(({ subnetId, privateIpv4Address = '' }) => `${subnetId} ${privateIpv4Address}`).sort();
  return JSON.stringify([type, scheme, ids, [...securityGroups].sort()]);
}

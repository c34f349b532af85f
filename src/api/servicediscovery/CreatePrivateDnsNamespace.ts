import { type DiscoveryNamespace, discoveryNamespaceArn, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { requireZoneName } from './dns.ts';
import { invalidInput } from './errors.ts';
import { limits } from './limits.ts';
import { newNamespace, putNamespace, requireRoom } from './namespace.ts';
import { carriedOut, repeated, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/**
 * CreatePrivateDnsNamespace: DNS answers for it in its VPC. Where another zone of that VPC has the name, the operation
 * fails as AWS's does.
 */
export const CreatePrivateDnsNamespace = operation(servicediscovery, 'CreatePrivateDnsNamespace', {
  authorize: (_, ctx) => ({
    action: 'servicediscovery:CreatePrivateDnsNamespace',
    resource: discoveryNamespaceArn(ctx.scope, '*'),
  }),
  command: (input, ctx) => {
    requireZoneName(input.Name);
    const soaTtl = input.Properties?.DnsProperties.SOA.TTL ?? limits.soaTtl;
    return {
      request: requestOf('CreatePrivateDnsNamespace', input),
      namespace: newNamespace(input, ctx, { type: 'DNS_PRIVATE', soaTtl, vpcId: input.Vpc }),
    };
  },
  apply: (tx, { request, namespace }, ctx) => {
    const known = repeated(tx, request, ctx);
    if (known !== undefined) return known;
    requireVpc(tx, namespace);
    requireRoom(tx, ctx);
    const type = 'CREATE_NAMESPACE' as const;
    const targets = { NAMESPACE: namespace.namespaceId };
    if (hasZone(tx, namespace)) return carriedOut(tx, ctx, request, { type, targets, ...conflictOf(namespace) });
    putNamespace(tx, namespace, ctx);
    return carriedOut(tx, ctx, request, { type, targets });
  },
  output: (operationId) => ({ OperationId: operationId }),
});

function requireVpc(view: RoadsteadView, namespace: DiscoveryNamespace): void {
  const vpc = view.vpcs.find(namespace.vpcId ?? '');
  if (vpc !== undefined && scopeKey(vpc) === scopeKey(namespace)) return;
  throw invalidInput(`The VPC ${namespace.vpcId} does not exist in ${namespace.region}.`);
}

function hasZone(view: RoadsteadView, { name, vpcId, ...scope }: DiscoveryNamespace): boolean {
  for (const other of view.discoveryNamespaces.by('scope', scopeKey(scope))) {
    if (other.vpcId === vpcId && other.name.toLowerCase() === name.toLowerCase()) return true;
  }
  for (const zone of view.hostedZones.by('vpc', vpcId ?? '')) {
    if (zone.name === `${name.toLowerCase()}.`) return true;
  }
  return false;
}

/** Observed. */
function conflictOf({ vpcId, region, name }: DiscoveryNamespace): { errorCode: string; errorMessage: string } {
  const message =
    `The VPC that you chose, ${vpcId} in region ${region}, is already associated with another private hosted zone ` +
    `that has an overlapping name space, ${name}.. (Service: AmazonRoute53; Status Code: 400; Error Code: ` +
    'ConflictingDomainExists)';
  return { errorCode: 'CANNOT_CREATE_HOSTED_ZONE', errorMessage: message };
}

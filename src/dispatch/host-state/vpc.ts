import { cidrBlocksOf, formatIpv4, hasDnsSupport, parseCidr, type Vpc } from '#model';
import { type HostStateCompiler, scopeOfVpc } from './compiler.ts';

export const vpcCompiler: HostStateCompiler<'vpc'> = {
  kind: 'vpc',
  *all(view) {
    for (const { vpcId } of view.vpcs.all()) yield vpcId;
  },
  changedBy: { vpcs: ({ key }) => [key] },
  compile(view, id) {
    const vpc = view.vpcs.find(id);
    if (vpc === undefined) return undefined;
    const resolverAddress = resolverOf(vpc);
    const body = { cidrs: cidrBlocksOf(vpc), ...(resolverAddress === undefined ? {} : { resolverAddress }) };
    return { body, scopes: [scopeOfVpc(id)] };
  },
};

/** The VPC's base plus two. */
function resolverOf(vpc: Vpc): string | undefined {
  const cidr = hasDnsSupport(vpc) ? parseCidr(vpc.cidrBlock) : undefined;
  return cidr === undefined ? undefined : formatIpv4(cidr.base + 2);
}

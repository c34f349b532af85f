import type { Instant } from '#base';
import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';

/** A VPC endpoint: kept and told of. Nothing is routed through it: AWS's services are reached at the one endpoint. */
export interface VpcEndpoint extends Scope {
  /** `vpce-…` */
  readonly vpcEndpointId: string;
  readonly vpcEndpointType: 'Gateway' | 'Interface' | 'GatewayLoadBalancer';
  readonly vpcId: string;
  readonly serviceName: string;
  readonly policyDocument: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly privateDnsEnabled: boolean;
  readonly ipAddressType: 'ipv4';
  readonly createdAt: Instant;
  readonly clientToken?: string;
  readonly tags?: readonly Tag[];
}

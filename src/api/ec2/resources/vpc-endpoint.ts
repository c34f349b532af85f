import type { VpcEndpoint } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeVpcEndpoints. */
export const vpcEndpoints: Kind<VpcEndpoint> = {
  type: 'vpc-endpoint',
  prefix: 'vpce',
  table: (view) => view.vpcEndpoints,
  find: (view, scope, id) => view.vpcEndpoints.find(keyOf(scope, id)),
  idOf: (endpoint) => endpoint.vpcEndpointId,
  put: (tx, endpoint) => tx.vpcEndpoints.put(endpoint),
  notFound: notFoundAs('InvalidVpcEndpointId.NotFound', 'Vpc Endpoint Id'),
  filters: {
    'ip-address-type': (endpoint) => endpoint.ipAddressType,
    'service-name': (endpoint) => endpoint.serviceName,
    'service-region': (endpoint) => endpoint.region,
    'vpc-endpoint-id': (endpoint) => endpoint.vpcEndpointId,
    'vpc-endpoint-state': () => 'available',
    'vpc-endpoint-type': (endpoint) => endpoint.vpcEndpointType,
    'vpc-id': (endpoint) => endpoint.vpcId,
  },
};

export function presentEndpoint(endpoint: VpcEndpoint, view: RoadsteadView) {
  return {
    VpcEndpointId: endpoint.vpcEndpointId,
    VpcEndpointType: endpoint.vpcEndpointType,
    VpcId: endpoint.vpcId,
    OwnerId: endpoint.accountId,
    ServiceName: endpoint.serviceName,
    ServiceRegion: endpoint.region,
    // The model's names begin with a capital; the API's do not. Observed.
    State: 'available' as 'Available',
    PolicyDocument: endpoint.policyDocument,
    RouteTableIds: endpoint.routeTableIds,
    SubnetIds: endpoint.subnetIds,
    Groups: endpoint.groupIds.map((GroupId) => ({
      GroupId,
      GroupName: view.securityGroups.find(keyOf(endpoint, GroupId))?.groupName ?? '',
    })),
    IpAddressType: endpoint.ipAddressType,
    DnsOptions: {
      DnsRecordIpType: endpoint.vpcEndpointType === 'Gateway' ? ('service-defined' as const) : ('ipv4' as const),
    },
    PrivateDnsEnabled: endpoint.privateDnsEnabled,
    RequesterManaged: false,
    NetworkInterfaceIds: [],
    DnsEntries: [],
    CreationTimestamp: endpoint.createdAt,
    Tags: presentTags(endpoint.tags),
  };
}

export {
  type Cidr,
  contains,
  formatCidr,
  formatIpv4,
  overlaps,
  parseCidr,
  parseIpv4,
  sizeOf,
} from './cidr.ts';
export { type ElasticIp, type ElasticIpAssociation, localPublicCidr } from './elastic-ip.ts';
export { type InternetGateway, type NatGateway } from './gateway.ts';
export { parseIpv6Cidr } from './ipv6.ts';
export {
  entriesInOrder,
  type NetworkAcl,
  type NetworkAclAssociation,
  type NetworkAclEntry,
  networkAclOf,
  openEntries,
} from './network-acl.ts';
export {
  type AwsvpcConfiguration,
  addressesOf,
  hostOfInterface,
  type InterfaceAssociation,
  type InterfaceType,
  isTaskInterface,
  type NetworkInterface,
  type TaskInterface,
} from './network-interface.ts';
export {
  destinationOf,
  isMain,
  type Route,
  type RouteTable,
  type RouteTableAssociation,
  routeTableOf,
  targetOf,
} from './route-table.ts';
export {
  defaultGroupDescription,
  permissionOf,
  type SecurityGroup,
  type SecurityGroupRule,
} from './security-group.ts';
export { type Subnet, zoneId, zoneNames } from './subnet.ts';
export {
  cidrBlocksOf,
  type DhcpConfiguration,
  type DhcpOptions,
  hasDnsHostnames,
  hasDnsSupport,
  internalDomain,
  type Vpc,
  type VpcCidrAssociation,
} from './vpc.ts';
export { type VpcEndpoint } from './vpc-endpoint.ts';

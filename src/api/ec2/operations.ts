import type { Operation } from '../operation.ts';
import { AllocateAddress } from './AllocateAddress.ts';
import { AssignPrivateIpAddresses } from './AssignPrivateIpAddresses.ts';
import { AssociateAddress } from './AssociateAddress.ts';
import { AssociateDhcpOptions } from './AssociateDhcpOptions.ts';
import { AssociateRouteTable } from './AssociateRouteTable.ts';
import { AssociateVpcCidrBlock } from './AssociateVpcCidrBlock.ts';
import { AttachInternetGateway } from './AttachInternetGateway.ts';
import { AuthorizeSecurityGroupEgress } from './AuthorizeSecurityGroupEgress.ts';
import { AuthorizeSecurityGroupIngress } from './AuthorizeSecurityGroupIngress.ts';
import { CreateDefaultSubnet } from './CreateDefaultSubnet.ts';
import { CreateDefaultVpc } from './CreateDefaultVpc.ts';
import { CreateDhcpOptions } from './CreateDhcpOptions.ts';
import { CreateInternetGateway } from './CreateInternetGateway.ts';
import { CreateNatGateway } from './CreateNatGateway.ts';
import { CreateNetworkAcl } from './CreateNetworkAcl.ts';
import { CreateNetworkAclEntry } from './CreateNetworkAclEntry.ts';
import { CreateNetworkInterface } from './CreateNetworkInterface.ts';
import { CreateRoute } from './CreateRoute.ts';
import { CreateRouteTable } from './CreateRouteTable.ts';
import { CreateSecurityGroup } from './CreateSecurityGroup.ts';
import { CreateSubnet } from './CreateSubnet.ts';
import { CreateTags } from './CreateTags.ts';
import { CreateVpc } from './CreateVpc.ts';
import { CreateVpcEndpoint } from './CreateVpcEndpoint.ts';
import { DeleteDhcpOptions } from './DeleteDhcpOptions.ts';
import { DeleteInternetGateway } from './DeleteInternetGateway.ts';
import { DeleteNatGateway } from './DeleteNatGateway.ts';
import { DeleteNetworkAcl } from './DeleteNetworkAcl.ts';
import { DeleteNetworkAclEntry } from './DeleteNetworkAclEntry.ts';
import { DeleteNetworkInterface } from './DeleteNetworkInterface.ts';
import { DeleteRoute } from './DeleteRoute.ts';
import { DeleteRouteTable } from './DeleteRouteTable.ts';
import { DeleteSecurityGroup } from './DeleteSecurityGroup.ts';
import { DeleteSubnet } from './DeleteSubnet.ts';
import { DeleteTags } from './DeleteTags.ts';
import { DeleteVpc } from './DeleteVpc.ts';
import { DeleteVpcEndpoints } from './DeleteVpcEndpoints.ts';
import { DescribeAccountAttributes } from './DescribeAccountAttributes.ts';
import { DescribeAddresses } from './DescribeAddresses.ts';
import { DescribeAddressesAttribute } from './DescribeAddressesAttribute.ts';
import { DescribeAvailabilityZones } from './DescribeAvailabilityZones.ts';
import { DescribeDhcpOptions } from './DescribeDhcpOptions.ts';
import { DescribeInstances } from './DescribeInstances.ts';
import { DescribeInstanceTypes } from './DescribeInstanceTypes.ts';
import { DescribeInternetGateways } from './DescribeInternetGateways.ts';
import { DescribeManagedPrefixLists } from './DescribeManagedPrefixLists.ts';
import { DescribeNatGateways } from './DescribeNatGateways.ts';
import { DescribeNetworkAcls } from './DescribeNetworkAcls.ts';
import { DescribeNetworkInterfaceAttribute } from './DescribeNetworkInterfaceAttribute.ts';
import { DescribeNetworkInterfaces } from './DescribeNetworkInterfaces.ts';
import { DescribePrefixLists } from './DescribePrefixLists.ts';
import { DescribeRegions } from './DescribeRegions.ts';
import { DescribeRouteTables } from './DescribeRouteTables.ts';
import { DescribeSecurityGroupReferences } from './DescribeSecurityGroupReferences.ts';
import { DescribeSecurityGroupRules } from './DescribeSecurityGroupRules.ts';
import { DescribeSecurityGroups } from './DescribeSecurityGroups.ts';
import { DescribeSubnets } from './DescribeSubnets.ts';
import { DescribeTags } from './DescribeTags.ts';
import { DescribeVpcAttribute } from './DescribeVpcAttribute.ts';
import { DescribeVpcEndpoints } from './DescribeVpcEndpoints.ts';
import { DescribeVpcs } from './DescribeVpcs.ts';
import { DescribeVpnGateways } from './DescribeVpnGateways.ts';
import { DetachInternetGateway } from './DetachInternetGateway.ts';
import { DisassociateAddress } from './DisassociateAddress.ts';
import { DisassociateRouteTable } from './DisassociateRouteTable.ts';
import { DisassociateVpcCidrBlock } from './DisassociateVpcCidrBlock.ts';
import { ModifyNetworkInterfaceAttribute } from './ModifyNetworkInterfaceAttribute.ts';
import { ModifySecurityGroupRules } from './ModifySecurityGroupRules.ts';
import { ModifySubnetAttribute } from './ModifySubnetAttribute.ts';
import { ModifyVpcAttribute } from './ModifyVpcAttribute.ts';
import { ModifyVpcEndpoint } from './ModifyVpcEndpoint.ts';
import { ReleaseAddress } from './ReleaseAddress.ts';
import { ReplaceNetworkAclAssociation } from './ReplaceNetworkAclAssociation.ts';
import { ReplaceNetworkAclEntry } from './ReplaceNetworkAclEntry.ts';
import { ReplaceRoute } from './ReplaceRoute.ts';
import { ReplaceRouteTableAssociation } from './ReplaceRouteTableAssociation.ts';
import { RevokeSecurityGroupEgress } from './RevokeSecurityGroupEgress.ts';
import { RevokeSecurityGroupIngress } from './RevokeSecurityGroupIngress.ts';
import { UnassignPrivateIpAddresses } from './UnassignPrivateIpAddresses.ts';
import { UpdateSecurityGroupRuleDescriptionsEgress } from './UpdateSecurityGroupRuleDescriptionsEgress.ts';
import { UpdateSecurityGroupRuleDescriptionsIngress } from './UpdateSecurityGroupRuleDescriptionsIngress.ts';

/** What is served of the EC2 API. */
export const ec2Operations: readonly Operation[] = [
  AllocateAddress,
  AssignPrivateIpAddresses,
  AssociateAddress,
  AssociateDhcpOptions,
  AssociateRouteTable,
  AssociateVpcCidrBlock,
  AttachInternetGateway,
  AuthorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress,
  CreateDefaultSubnet,
  CreateDefaultVpc,
  CreateDhcpOptions,
  CreateInternetGateway,
  CreateNatGateway,
  CreateNetworkAcl,
  CreateNetworkAclEntry,
  CreateNetworkInterface,
  CreateRoute,
  CreateRouteTable,
  CreateSecurityGroup,
  CreateSubnet,
  CreateTags,
  CreateVpc,
  CreateVpcEndpoint,
  DeleteDhcpOptions,
  DeleteInternetGateway,
  DeleteNatGateway,
  DeleteNetworkAcl,
  DeleteNetworkAclEntry,
  DeleteNetworkInterface,
  DeleteRoute,
  DeleteRouteTable,
  DeleteSecurityGroup,
  DeleteSubnet,
  DeleteTags,
  DeleteVpc,
  DeleteVpcEndpoints,
  DescribeAccountAttributes,
  DescribeAddresses,
  DescribeAddressesAttribute,
  DescribeAvailabilityZones,
  DescribeDhcpOptions,
  DescribeInstanceTypes,
  DescribeInstances,
  DescribeInternetGateways,
  DescribeManagedPrefixLists,
  DescribeNatGateways,
  DescribeNetworkAcls,
  DescribeNetworkInterfaceAttribute,
  DescribeNetworkInterfaces,
  DescribePrefixLists,
  DescribeRegions,
  DescribeRouteTables,
  DescribeSecurityGroupReferences,
  DescribeSecurityGroupRules,
  DescribeSecurityGroups,
  DescribeSubnets,
  DescribeTags,
  DescribeVpcAttribute,
  DescribeVpcEndpoints,
  DescribeVpcs,
  DescribeVpnGateways,
  DetachInternetGateway,
  DisassociateAddress,
  DisassociateRouteTable,
  DisassociateVpcCidrBlock,
  ModifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules,
  ModifySubnetAttribute,
  ModifyVpcAttribute,
  ModifyVpcEndpoint,
  ReleaseAddress,
  ReplaceNetworkAclAssociation,
  ReplaceNetworkAclEntry,
  ReplaceRoute,
  ReplaceRouteTableAssociation,
  RevokeSecurityGroupEgress,
  RevokeSecurityGroupIngress,
  UnassignPrivateIpAddresses,
  UpdateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress,
];

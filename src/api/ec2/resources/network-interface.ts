import { addressesOf, hasDnsHostnames, isTaskInterface, type NetworkInterface } from '#model';
import type { RoadsteadView } from '#store';
import { presentTags } from '../tags.ts';
import { type FilterValues, type Kind, keyOf, notFoundAs, ofScope } from './kind.ts';

type Presented = ReturnType<typeof presentInterface>;

/** Source of the filters: DescribeNetworkInterfaces. */
export const networkInterfaces: Kind<NetworkInterface> = {
  type: 'network-interface',
  prefix: 'eni',
  table: (view) => view.networkInterfaces,
  find: (view, scope, id) => ofScope(view.networkInterfaces.find(id), scope),
  idOf: (eni) => eni.networkInterfaceId,
  put: (tx, eni) => tx.networkInterfaces.put(eni),
  notFound: notFoundAs('InvalidNetworkInterfaceID.NotFound', 'networkInterface ID'),
  malformed: 'InvalidNetworkInterfaceId.Malformed',
  filters: {
    'addresses.association.owner-id': shown(({ Association }) => Association?.IpOwnerId),
    'addresses.association.public-ip': shown(({ Association }) => Association?.PublicIp),
    'addresses.primary': shown(({ PrivateIpAddresses }) => PrivateIpAddresses.map(({ Primary }) => Primary)),
    'addresses.private-ip-address': addressesOf,
    'association.allocation-id': (eni) => eni.association?.allocationId,
    'association.association-id': (eni) => eni.association?.associationId,
    'association.ip-owner-id': shown(({ Association }) => Association?.IpOwnerId),
    'association.public-dns-name': shown(({ Association }) => Association?.PublicDnsName),
    'association.public-ip': (eni) => eni.association?.publicIp,
    'attachment.attachment-id': shown(({ Attachment }) => Attachment?.AttachmentId),
    'attachment.delete-on-termination': shown(({ Attachment }) => Attachment?.DeleteOnTermination),
    'attachment.device-index': shown(({ Attachment }) => Attachment?.DeviceIndex),
    'attachment.instance-id': () => undefined,
    'attachment.instance-owner-id': shown(({ Attachment }) => Attachment?.InstanceOwnerId),
    'attachment.status': shown(({ Attachment }) => Attachment?.Status),
    'availability-zone': shown(({ AvailabilityZone }) => AvailabilityZone),
    description: shown(({ Description }) => Description),
    'group-id': (eni) => eni.securityGroups,
    'group-name': shown(({ Groups }) => Groups.map(({ GroupName }) => GroupName)),
    'interface-type': (eni) => eni.interfaceType ?? 'interface',
    'ipv6-addresses.ipv6-address': () => undefined,
    'mac-address': (eni) => eni.macAddress,
    'network-interface-id': (eni) => eni.networkInterfaceId,
    'owner-id': (eni) => eni.accountId,
    'private-dns-name': (eni) => eni.privateDnsName,
    'private-ip-address': addressesOf,
    'requester-id': shown(({ RequesterId }) => RequesterId),
    'requester-managed': isManaged,
    'source-dest-check': (eni) => eni.sourceDestCheck ?? true,
    status: shown(({ Status }) => Status),
    'subnet-id': (eni) => eni.subnetId,
    'vpc-id': shown(({ VpcId }) => VpcId),
  },
};

function shown(
  valueOf: (presented: Presented) => string | number | boolean | undefined | readonly (string | boolean)[],
): FilterValues<NetworkInterface> {
  return (eni, view) => valueOf(presentInterface(eni, view));
}

/** Whether a service made it for its user, and alone deletes it. */
export function isManaged(eni: NetworkInterface): boolean {
  return eni.requesterId !== undefined || isTaskInterface(eni);
}

/** What interfaces of tasks are made by. */
const ecsRequester = 'amazon-ecs';

export function presentInterface(eni: NetworkInterface, view: RoadsteadView) {
  const subnet = view.subnets.find(keyOf(eni, eni.subnetId));
  const association = presentAssociation(eni, view);
  const attachment = presentAttachment(eni);
  return {
    NetworkInterfaceId: eni.networkInterfaceId,
    SubnetId: eni.subnetId,
    VpcId: eni.vpcId ?? subnet?.vpcId,
    AvailabilityZone: eni.availabilityZone ?? subnet?.availabilityZone,
    OwnerId: eni.accountId,
    RequesterManaged: isManaged(eni),
    ...(isManaged(eni) ? { RequesterId: eni.requesterId ?? ecsRequester } : {}),
    // The model's name is `natGateway`; the API says `nat_gateway`. Observed.
    InterfaceType: (eni.interfaceType ?? 'interface') as 'interface',
    Description: descriptionOf(eni),
    Status: attachment === undefined ? ('available' as const) : ('in-use' as const),
    MacAddress: eni.macAddress,
    PrivateIpAddress: eni.privateIpv4Address,
    PrivateDnsName: eni.privateDnsName,
    SourceDestCheck: eni.sourceDestCheck ?? true,
    Groups: presentGroups(eni, view),
    PrivateIpAddresses: addressesOf(eni).map((address, index) => ({
      PrivateIpAddress: address,
      PrivateDnsName: eni.privateDnsName.replace(/^[^.]*/, `ip-${address.replaceAll('.', '-')}`),
      Primary: index === 0,
      ...(index === 0 && association !== undefined ? { Association: association } : {}),
    })),
    Ipv6Addresses: [],
    ...(association === undefined ? {} : { Association: association }),
    ...(attachment === undefined ? {} : { Attachment: attachment }),
    TagSet: presentTags(eni.tags),
  };
}

export function presentGroups(eni: NetworkInterface, view: Pick<RoadsteadView, 'securityGroups'>) {
  return eni.securityGroups.map((GroupId) => ({
    GroupId,
    GroupName: view.securityGroups.find(keyOf(eni, GroupId))?.groupName ?? '',
  }));
}

export function descriptionOf(eni: NetworkInterface): string {
  if (eni.description !== undefined) return eni.description;
  return isTaskInterface(eni) ? `arn:aws:ecs:${eni.region}:${eni.accountId}:attachment/${eni.attachmentId}` : '';
}

/** What holds it is no instance of the caller's, and is shown as AWS shows its services' attachments. */
export function presentAttachment(eni: NetworkInterface) {
  if (!isManaged(eni)) return undefined;
  return {
    AttachmentId: eni.networkInterfaceId.replace('eni-', 'ela-attach-'),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: eni.requesterId ?? ecsRequester,
    Status: 'attached' as const,
  };
}

function presentAssociation(eni: NetworkInterface, view: Pick<RoadsteadView, 'vpcs' | 'subnets'>) {
  const { association } = eni;
  if (association === undefined) return undefined;
  const { publicIp, allocationId, associationId } = association;
  const vpc = view.vpcs.find(eni.vpcId ?? view.subnets.find(keyOf(eni, eni.subnetId))?.vpcId ?? '');
  return {
    PublicIp: publicIp,
    PublicDnsName: vpc !== undefined && hasDnsHostnames(vpc) ? publicDnsName(publicIp, eni.region) : '',
    IpOwnerId: allocationId === undefined ? 'amazon' : eni.accountId,
    ...(allocationId === undefined ? {} : { AllocationId: allocationId }),
    ...(associationId === undefined ? {} : { AssociationId: associationId }),
  };
}

function publicDnsName(address: string, region: string): string {
  const domain = region === 'us-east-1' ? 'compute-1' : `${region}.compute`;
  return `ec2-${address.replaceAll('.', '-')}.${domain}.amazonaws.com`;
}

import { addressesOf, hostOfInterface } from '#model';
import { type HostStateCompiler, scopeOfVpc } from './compiler.ts';

/** Interfaces, with the host that has them. Each brings its host everything of its VPC. */
export const interfaceCompiler: HostStateCompiler<'interface'> = {
  kind: 'interface',
  *all(view) {
    for (const { networkInterfaceId } of view.networkInterfaces.all()) yield networkInterfaceId;
  },
  changedBy: {
    networkInterfaces: ({ key }) => [key],
    *tasks({ key, before, after }, view) {
      if (before?.hostArn === after?.hostArn) return;
      for (const { networkInterfaceId } of view.networkInterfaces.by('task', key)) yield networkInterfaceId;
    },
  },
  compile(view, id) {
    const eni = view.networkInterfaces.find(id);
    if (eni === undefined) return undefined;
    const { subnetId, macAddress, securityGroups: groupIds, association } = eni;
    // What a network load balancer sends on comes from the addresses of its clients.
    const { sourceDestCheck = eni.interfaceType !== 'network_load_balancer' } = eni;
    const vpcId = eni.vpcId ?? view.subnets.newest('id', subnetId)?.vpcId ?? '';
    const host = hostOfInterface(eni, eni.taskArn === undefined ? undefined : view.tasks.find(eni.taskArn));
    const scope = scopeOfVpc(vpcId);
    const body = {
      vpcId,
      subnetId,
      addresses: addressesOf(eni),
      macAddress,
      groupIds,
      sourceDestCheck,
      ...(host === undefined ? {} : { host }),
      ...(association === undefined ? {} : { publicAddress: association.publicIp }),
    };
    return { body, scopes: [scope], ...(host === undefined ? {} : { brings: { host, scope } }) };
  },
};

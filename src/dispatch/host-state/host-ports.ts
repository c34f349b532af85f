import { attributeValue, type ContainerInstance } from '#model';
import { type HostStateCompiler, scopeOfHost, scopeOfVpc } from './compiler.ts';

/** The attribute that names the groups of a host, apart by commas; without it what tasks publish is open. */
const groupsAttribute = 'roadstead.security-groups';

/** The groups that guard what bridge and host tasks of a host publish, by its container instance's ARN. */
export const hostPortsCompiler: HostStateCompiler<'host-ports'> = {
  kind: 'host-ports',
  *all(view) {
    for (const instance of view.containerInstances.all()) {
      if (groupsOf(instance) !== undefined) yield instance.containerInstanceArn;
    }
  },
  changedBy: {
    containerInstances: ({ key, before, after }) => (groupsOf(before) === groupsOf(after) ? [] : [key]),
  },
  compile(view, id) {
    const instance = view.containerInstances.find(id);
    const groups = groupsOf(instance);
    if (instance === undefined || groups === undefined) return undefined;
    const host = instance.containerInstanceArn;
    const groupIds = groups.split(',').map((groupId) => groupId.trim());
    const vpcId = groupIds.flatMap((groupId) => view.securityGroups.newest('id', groupId)?.vpcId ?? [])[0] ?? '';
    const body = { vpcId, groupIds };
    return { body, scopes: [scopeOfHost(host)], brings: { host, scope: scopeOfVpc(vpcId) } };
  },
};

function groupsOf(instance: ContainerInstance | undefined): string | undefined {
  if (instance === undefined || instance.status === 'INACTIVE') return undefined;
  return attributeValue(instance, groupsAttribute) || undefined;
}

import { type DiscoveryInstance, type DiscoveryService, discoveryInstanceKey } from '#model';
import type { RoadsteadView } from '#store';
import { operation } from '../operation.ts';
import { type Attributes, checkAttributes, ec2Instance, initialHealth } from './attributes.ts';
import { invalidInput, limitExceeded } from './errors.ts';
import { limits } from './limits.ts';
import { getNamespace, getService, serviceResource } from './references.ts';
import { carriedOut, repeated, requestOf } from './requests.ts';
import { servicediscovery } from './service.ts';

/** RegisterInstance: a new instance, or other attributes for one that is there. */
export const RegisterInstance = operation(servicediscovery, 'RegisterInstance', {
  authorize: ({ ServiceId }, ctx) => ({
    action: 'servicediscovery:RegisterInstance',
    resource: serviceResource(ServiceId, ctx),
  }),
  command: (input) => ({ request: requestOf('RegisterInstance', input), input }),
  apply: (tx, { request, input }, ctx) => {
    const known = repeated(tx, request, ctx);
    if (known !== undefined) return known;
    const { InstanceId: instanceId, CreatorRequestId, Attributes: attributes } = input;
    const service = getService(tx, ctx.scope, input.ServiceId);
    const { serviceId } = service;
    checkAttributes(attributes, service, getNamespace(tx, ctx.scope, service.namespaceId));
    const before = tx.discoveryInstances.find(discoveryInstanceKey(serviceId, instanceId));
    if (before === undefined) requireRoom(tx, service);
    const health = healthFrom(attributes, service, before);
    tx.discoveryInstances.put({
      ...ctx.scope,
      serviceId,
      instanceId,
      attributes: withAddress(tx, attributes),
      ...(health === undefined ? {} : { health }),
      ...(CreatorRequestId === undefined ? {} : { creatorRequestId: CreatorRequestId }),
      createdAt: before?.createdAt ?? ctx.now,
    });
    tx.discoveryServices.put({ ...service, instancesRevision: service.instancesRevision + 1 });
    const targets = { INSTANCE: instanceId, SERVICE: serviceId };
    return carriedOut(tx, ctx, request, { type: 'REGISTER_INSTANCE', targets });
  },
  output: (operationId) => ({ OperationId: operationId }),
});

function requireRoom(view: RoadsteadView, { serviceId, namespaceId }: DiscoveryService): void {
  const { instancesPerService, instancesPerNamespace } = limits;
  if (view.discoveryInstances.count('service', serviceId) >= instancesPerService) {
    throw limitExceeded(`There can be no more than ${instancesPerService} instances in a service.`);
  }
  let inNamespace = 0;
  for (const each of view.discoveryServices.by('namespace', namespaceId)) {
    inNamespace += view.discoveryInstances.count('service', each.serviceId);
  }
  if (inNamespace < instancesPerNamespace) return;
  throw limitExceeded(`There can be no more than ${instancesPerNamespace} instances in a namespace.`);
}

function healthFrom(
  attributes: Attributes,
  { customHealth }: DiscoveryService,
  before: DiscoveryInstance | undefined,
): DiscoveryInstance['health'] {
  if (customHealth !== true) return undefined;
  const said = attributes[initialHealth];
  return said === undefined ? (before?.health ?? 'HEALTHY') : said === 'UNHEALTHY' ? 'UNHEALTHY' : 'HEALTHY';
}

/** The address of an EC2 instance is filled in. */
function withAddress(view: RoadsteadView, attributes: Attributes): Attributes {
  const instanceId = attributes[ec2Instance];
  if (instanceId === undefined) return attributes;
  for (const host of view.containerInstances.all()) {
    const address = host.ec2InstanceId === instanceId ? underlayAddress(host.attributes) : undefined;
    if (address !== undefined) return { ...attributes, AWS_INSTANCE_IPV4: address };
  }
  throw invalidInput(`The instance ${instanceId} does not exist.`);
}

function underlayAddress(
  attributes: readonly { readonly name: string; readonly value?: string }[],
): string | undefined {
  return attributes.find(({ name }) => name === 'roadstead.underlay-address')?.value;
}

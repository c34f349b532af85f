import { attributeValue, type ContainerInstance } from '#model';
import { everywhere, type HostStateCompiler } from './compiler.ts';

/** The attribute by which a host says where others reach its part of the fabric. */
const underlayAttribute = 'roadstead.underlay-address';

/**
 * Hosts that others reach, by their container instance's ARN. One that is lost is none any more, so that nobody sends
 * packets to where no agent answers for them.
 */
export const peerCompiler: HostStateCompiler<'peer'> = {
  kind: 'peer',
  *all(view) {
    for (const instance of view.containerInstances.all()) if (isPeer(instance)) yield instance.containerInstanceArn;
  },
  changedBy: {
    containerInstances: ({ key, before, after }) => (addressOf(before) === addressOf(after) ? [] : [key]),
  },
  compile(view, id) {
    const underlayAddress = addressOf(view.containerInstances.find(id));
    return underlayAddress === undefined ? undefined : { body: { underlayAddress }, scopes: [everywhere] };
  },
};

function isPeer(instance: ContainerInstance): boolean {
  return addressOf(instance) !== undefined;
}

function addressOf(instance: ContainerInstance | undefined): string | undefined {
  if (instance === undefined || instance.status === 'INACTIVE' || instance.lostAt !== undefined) return undefined;
  return attributeValue(instance, underlayAttribute) || undefined;
}

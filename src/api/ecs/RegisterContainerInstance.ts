import { attributedInstance } from '#capacity';
import type { ContainerInstance } from '#model';
import { operation } from '../operation.ts';
import { registrationAttributes } from './container-instance/attributes.ts';
import { instanceIdentity } from './container-instance/identity.ts';
import { presentContainerInstance } from './container-instance/present.ts';
import {
  newInstance,
  type Registration,
  registeredInstance,
  registrationCluster,
  renewedInstance,
  requireRoom,
} from './container-instance/registration.ts';
import { instanceResources } from './container-instance/resources.ts';
import { clusterArnFrom, containerInstanceArnFrom } from './references.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';

/**
 * RegisterContainerInstance, called by agents. With `containerInstanceArn` it refreshes that instance, which keeps its
 * identity, custom attributes and tags; without, it makes a new one, and a repeated `clientToken` (a member of the
 * agent's own model) gives the one it made before. The answer echoes every attribute that was sent: an agent that
 * misses one leaves for good.
 */
export const RegisterContainerInstance = operation(ecs, 'RegisterContainerInstance', {
  writer: 'dispatch',
  authorize: (input, ctx) => ({
    action: 'ecs:RegisterContainerInstance',
    resource: clusterArnFrom(ctx.scope, input.cluster),
  }),
  command: (input, ctx): Registration => {
    const { clientToken } = input as { readonly clientToken?: unknown };
    const { agentVersion, agentHash, dockerVersion } = input.versionInfo ?? {};
    const given = input.containerInstanceArn;
    return {
      cluster: input.cluster,
      containerInstanceArn:
        given === undefined || given === '' ? undefined : containerInstanceArnFrom(ctx.scope, input.cluster, given),
      newId: ctx.ids.hex(32),
      identity: instanceIdentity(input.instanceIdentityDocument),
      resources: instanceResources(input.totalResources, input.platformDevices),
      attributes: registrationAttributes(input.attributes),
      versionInfo: {
        ...(agentVersion === undefined ? {} : { agentVersion }),
        ...(agentHash === undefined ? {} : { agentHash }),
        ...(dockerVersion === undefined ? {} : { dockerVersion }),
      },
      tags: checkedTags(input.tags, ctx.settings.quotas),
      clientToken: typeof clientToken === 'string' && clientToken !== '' ? clientToken : undefined,
      at: ctx.now,
    };
  },
  apply: (tx, registration, ctx): ContainerInstance => {
    if (registration.containerInstanceArn !== undefined) {
      const known = registeredInstance(tx, ctx.scope, registration.containerInstanceArn);
      const renewed = attributedInstance(tx, renewedInstance(known, registration));
      tx.containerInstances.put(renewed);
      return renewed;
    }
    const cluster = registrationCluster(tx, registration.cluster, ctx);
    if (registration.clientToken !== undefined) {
      const key = `${cluster.clusterArn}/${registration.clientToken}`;
      for (const made of tx.containerInstances.by('clientToken', key)) if (made.status !== 'INACTIVE') return made;
    }
    requireRoom(tx, cluster, ctx);
    const instance = attributedInstance(tx, newInstance(tx, cluster, registration, ctx));
    tx.containerInstances.put(instance);
    return instance;
  },
  output: (instance, ctx) => ({
    containerInstance: presentContainerInstance(
      instance,
      ctx.totals.instances.of(instance.containerInstanceArn),
      new Set(['TAGS']),
    ),
  }),
});

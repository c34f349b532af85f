import { assert } from '#base';
import {
  type AccessKey,
  type Account,
  type AccountSetting,
  autoScalingGroupOf,
  type CapacityProvider,
  type ClientToken,
  type Cluster,
  type ContainerInstance,
  holdsResources,
  type NetworkInterface,
  type SecurityGroup,
  type Service,
  type ServiceEvent,
  type Subnet,
  scopeKey,
  type Task,
  type TaskDefinition,
  type TaskDefinitionFamily,
  taskStatusRank,
  type Vpc,
  waitingKind,
  waitingPlace,
  waitsForInstance,
} from '#model';
import type { Commit, Store, TableDefinition, Tx, View, WatchEvent } from './types.ts';

function table<R>() {
  return <I extends string>(definition: TableDefinition<R, I>): TableDefinition<R, I> => definition;
}

/** A task's status never goes back, and what it is wanted to be turns STOPPED once. */
function taskMovesForward(before: Task, after: Task): void {
  const forward = taskStatusRank(after.lastStatus) >= taskStatusRank(before.lastStatus);
  assert(forward, `task ${before.taskArn} must not go back from ${before.lastStatus} to ${after.lastStatus}`);
  const revived = before.desiredStatus === 'STOPPED' && after.desiredStatus === 'RUNNING';
  assert(!revived, `task ${before.taskArn} must not be revived`);
}

/**
 * Every table of Roadstead. Records are keyed by ARN, or by account, region and name, so that accounts and regions
 * never meet. Adding an index is free of migration: indexes live in memory only.
 */
export const schema = {
  accounts: table<Account>()({ key: (account) => account.accountId, indexes: {} }),
  accessKeys: table<AccessKey>()({
    key: (key) => key.accessKeyId,
    indexes: { account: (key) => key.accountId },
  }),
  accountSettings: table<AccountSetting>()({
    key: (setting) => `${scopeKey(setting)}/${setting.principalArn}/${setting.name}`,
    indexes: { scope: scopeKey },
  }),
  clientTokens: table<ClientToken>()({
    key: (token) => `${scopeKey(token)}/${token.token}`,
    indexes: {},
  }),
  clusters: table<Cluster>()({
    key: (cluster) => cluster.clusterArn,
    indexes: {
      scope: scopeKey,
      /** ACTIVE clusters by each of their providers, `scopeKey/name`. */
      capacityProvider: (cluster) =>
        cluster.status === 'ACTIVE'
          ? cluster.capacityProviders?.map((name) => `${scopeKey(cluster)}/${name}`)
          : undefined,
    },
  }),
  capacityProviders: table<CapacityProvider>()({
    key: (provider) => provider.capacityProviderArn,
    indexes: { scope: scopeKey },
  }),
  taskDefinitions: table<TaskDefinition>()({
    key: (definition) => definition.taskDefinitionArn,
    indexes: {
      scope: scopeKey,
      family: (definition) => `${scopeKey(definition)}/${definition.family}`,
    },
  }),
  taskDefinitionFamilies: table<TaskDefinitionFamily>()({
    key: (family) => `${scopeKey(family)}/${family.family}`,
    indexes: { scope: scopeKey },
  }),
  services: table<Service>()({
    key: (service) => service.serviceArn,
    indexes: { scope: scopeKey, cluster: (service) => service.clusterArn },
  }),
  serviceEvents: table<ServiceEvent>()({
    key: (event) => event.id,
    indexes: { service: (event) => event.serviceArn },
  }),
  tasks: table<Task>()({
    key: (task) => task.taskArn,
    alike: ['service', 'taskDefinition'],
    check: taskMovesForward,
    indexes: {
      cluster: (task) => task.clusterArn,
      service: (task) => task.serviceArn,
      /** Tasks that the service loop still has to do with: not yet STOPPED, or STOPPED and not yet counted. */
      serviceOpen: (task) => (holdsResources(task) || task.countedAt === undefined ? task.serviceArn : undefined),
      /** Tasks that still hold something of their host. */
      host: (task) => (task.hostArn !== undefined && holdsResources(task) ? task.hostArn : undefined),
      taskDefinition: (task) => (holdsResources(task) ? task.taskDefinitionArn : undefined),
      /** Tasks of a provider that are not STOPPED, by `clusterArn/name`. */
      capacityProvider: (task) =>
        task.capacityProviderName !== undefined && holdsResources(task)
          ? `${task.clusterArn}/${task.capacityProviderName}`
          : undefined,
      /** Tasks that wait for an instance, by `clusterArn/provider/kind`. */
      waiting: (task) => (waitsForInstance(task) ? `${waitingPlace(task)}/${waitingKind(task)}` : undefined),
      stopped: (task) => (task.lastStatus === 'STOPPED' ? task.clusterArn : undefined),
    },
  }),
  containerInstances: table<ContainerInstance>()({
    key: (instance) => instance.containerInstanceArn,
    alike: ['pool', 'cluster'],
    indexes: {
      cluster: (instance) => instance.clusterArn,
      pool: (instance) => instance.pool,
      clientToken: (instance) =>
        instance.clientToken === undefined ? undefined : `${instance.clusterArn}/${instance.clientToken}`,
      /** Machines of an Auto Scaling group, by `scopeKey/name`. */
      group: (instance) => {
        const name = instance.status === 'INACTIVE' ? undefined : autoScalingGroupOf(instance);
        return name === undefined ? undefined : `${scopeKey(instance)}/${name}`;
      },
    },
  }),
  vpcs: table<Vpc>()({ key: (vpc) => vpc.vpcId, indexes: { scope: scopeKey } }),
  subnets: table<Subnet>()({
    key: (subnet) => `${scopeKey(subnet)}/${subnet.subnetId}`,
    indexes: { scope: scopeKey, vpc: (subnet) => subnet.vpcId },
  }),
  securityGroups: table<SecurityGroup>()({
    key: (group) => `${scopeKey(group)}/${group.groupId}`,
    indexes: { scope: scopeKey, vpc: (group) => group.vpcId },
  }),
  networkInterfaces: table<NetworkInterface>()({
    key: (eni) => eni.networkInterfaceId,
    alike: ['subnet'],
    indexes: {
      task: (eni) => eni.taskArn,
      subnet: (eni) => eni.subnetId,
      address: (eni) => eni.privateIpv4Address,
    },
  }),
};

export type RoadsteadSchema = typeof schema;
export type RoadsteadStore = Store<RoadsteadSchema>;
export type RoadsteadView = View<RoadsteadSchema>;
export type RoadsteadTx = Tx<RoadsteadSchema>;
export type RoadsteadCommit = Commit<RoadsteadSchema>;
export type RoadsteadWatchEvent = WatchEvent<RoadsteadSchema>;
export type TableName = keyof RoadsteadSchema;

import { assert } from '#base';
import {
  type AccessKey,
  type Account,
  type AccountSetting,
  addressesOf,
  autoScalingGroupOf,
  awaitsDeregistration,
  awaitsRegistration,
  balancerRequester,
  type CapacityProvider,
  type Certificate,
  type ClientToken,
  type Cluster,
  type CodeDeployApplication,
  type CodeDeployConfig,
  type CodeDeployDeployment,
  type CodeDeployGroup,
  type CodeDeployRevision,
  type ConnectCertificate,
  type ContainerInstance,
  carriesBalancers,
  type Daemon,
  type DaemonDeployment,
  type DaemonRevision,
  type DaemonTaskDefinition,
  type DaemonTaskDefinitionFamily,
  type DhcpOptions,
  type DiscoveryInstance,
  type DiscoveryNamespace,
  type DiscoveryOperation,
  type DiscoveryService,
  type DnsChange,
  discoveryInstanceKey,
  type EcsEvent,
  type ElasticIp,
  type HostedZone,
  holdsResources,
  httpNameKey,
  type InternetGateway,
  isCodeDeployOver,
  isDaemonDeploymentOver,
  isTerminal,
  type Listener,
  type ListenerRule,
  type LoadBalancer,
  type LogGroup,
  logGroupKey,
  mayDaemonFollow,
  mayEnter,
  mayFollow,
  type NatGateway,
  type NetworkAcl,
  type NetworkInterface,
  type ResourceRecordSet,
  type RouteTable,
  recordSetKey,
  type SecurityGroup,
  type SecurityGroupRule,
  type Service,
  type ServiceDeployment,
  type ServiceEvent,
  type ServiceRevision,
  type Subnet,
  scopeKey,
  type Target,
  type TargetGroup,
  type Task,
  type TaskDefinition,
  type TaskDefinitionFamily,
  type TaskSet,
  targetGroupsOf,
  targetKey,
  targetOf,
  taskStatusRank,
  type Vpc,
  type VpcEndpoint,
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

function serviceDeploymentMovesForward(before: ServiceDeployment, after: ServiceDeployment): void {
  const move = `${before.status} to ${after.status}`;
  assert(mayFollow(before.status, after.status), `${before.serviceDeploymentArn} must not go from ${move}`);
  if (before.stage === after.stage || after.release === undefined) return;
  const stages = `${before.stage?.lifecycleStage} to ${after.stage?.lifecycleStage}`;
  assert(
    mayEnter(after.release, before.stage, after.stage),
    `${before.serviceDeploymentArn} must not go from ${stages}`,
  );
}

function daemonDeploymentMovesForward(before: DaemonDeployment, after: DaemonDeployment): void {
  const move = `${before.status} to ${after.status}`;
  assert(mayDaemonFollow(before.status, after.status), `${before.daemonDeploymentArn} must not go from ${move}`);
}

function taskSetMovesForward(before: TaskSet, after: TaskSet): void {
  const revived = before.status === 'DRAINING' && after.status !== 'DRAINING';
  assert(!revived, `task set ${before.taskSetArn} must not be revived`);
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
  daemonTaskDefinitions: table<DaemonTaskDefinition>()({
    key: (definition) => definition.daemonTaskDefinitionArn,
    indexes: {
      family: (definition) => `${scopeKey(definition)}/${definition.family}`,
      /** Those that the reaper has to do with. */
      deleted: (definition) => (definition.status === 'ACTIVE' ? undefined : definition.status),
    },
  }),
  daemonTaskDefinitionFamilies: table<DaemonTaskDefinitionFamily>()({
    key: (family) => `${scopeKey(family)}/${family.family}`,
    indexes: { scope: scopeKey },
  }),
  daemons: table<Daemon>()({
    key: (daemon) => daemon.daemonArn,
    indexes: { scope: scopeKey, cluster: (daemon) => daemon.clusterArn },
  }),
  daemonRevisions: table<DaemonRevision>()({
    key: (revision) => revision.daemonRevisionArn,
    indexes: {
      daemon: (revision) => revision.daemonArn,
      taskDefinition: (revision) => revision.daemonTaskDefinitionArn,
    },
  }),
  daemonDeployments: table<DaemonDeployment>()({
    key: (deployment) => deployment.daemonDeploymentArn,
    check: daemonDeploymentMovesForward,
    indexes: {
      daemon: (deployment) => deployment.daemonArn,
      /** Those that are not over. */
      open: (deployment) => (isDaemonDeploymentOver(deployment) ? undefined : deployment.daemonArn),
    },
  }),
  services: table<Service>()({
    key: (service) => service.serviceArn,
    indexes: {
      scope: scopeKey,
      cluster: (service) => service.clusterArn,
      /** Services in a namespace of Cloud Map, by its ARN. */
      namespace: ({ status, serviceConnectConfiguration: connect }) =>
        status === 'INACTIVE' ? undefined : connect?.namespaceArn,
      /** Services that every host of the cluster concerns. */
      daemons: ({ schedulingStrategy, status, clusterArn }) =>
        schedulingStrategy === 'DAEMON' && status === 'ACTIVE' ? clusterArn : undefined,
      /** Express services, by the load balancer they share. */
      express: ({ express }) => express?.resources?.loadBalancerArn,
    },
  }),
  /** What services ran, for as long as it is told of. */
  serviceRevisions: table<ServiceRevision>()({
    key: (revision) => revision.serviceRevisionArn,
    alike: ['service'],
    indexes: { service: (revision) => revision.serviceArn },
  }),
  serviceDeployments: table<ServiceDeployment>()({
    key: (deployment) => deployment.serviceDeploymentArn,
    alike: ['service'],
    check: serviceDeploymentMovesForward,
    indexes: {
      service: (deployment) => deployment.serviceArn,
      /** Those that are not over. */
      open: (deployment) => (isTerminal(deployment.status) ? undefined : deployment.serviceArn),
    },
  }),
  /** Those of services whose deployment controller is not ECS; gone with their last task. */
  taskSets: table<TaskSet>()({
    key: (taskSet) => taskSet.taskSetArn,
    alike: ['service'],
    check: taskSetMovesForward,
    indexes: { scope: scopeKey, service: (taskSet) => taskSet.serviceArn },
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
      daemon: (task) => task.daemonArn,
      /** Tasks that the daemon loop still has to do with, as those of services. */
      daemonOpen: (task) => (holdsResources(task) || task.countedAt === undefined ? task.daemonArn : undefined),
      /** Tasks that somebody protected from scale-in; the clock says whether it still holds. */
      protected: (task) => (task.protectedUntil !== undefined && holdsResources(task) ? task.serviceArn : undefined),
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
      /** Tasks that are to be registered with target groups, or taken from them, by service. */
      balancing: (task) => (awaitsRegistration(task) || awaitsDeregistration(task) ? task.serviceArn : undefined),
    },
  }),
  containerInstances: table<ContainerInstance>()({
    key: (instance) => instance.containerInstanceArn,
    alike: ['pool', 'cluster'],
    indexes: {
      cluster: (instance) => instance.clusterArn,
      pool: (instance) => instance.pool,
      instanceId: (instance) => instance.ec2InstanceId,
      /** Hosts that can carry load balancers' nodes. */
      carrier: (instance) => (carriesBalancers(instance) ? 'yes' : undefined),
      /** Hosts whose tasks should be elsewhere: being emptied, or lost. */
      leaving: (instance) =>
        instance.status === 'DRAINING' || instance.lostAt !== undefined ? (instance.pool ?? 'clusters') : undefined,
      clientToken: (instance) =>
        instance.clientToken === undefined ? undefined : `${instance.clusterArn}/${instance.clientToken}`,
      /** Machines of an Auto Scaling group, by `scopeKey/name`. */
      group: (instance) => {
        const name = instance.status === 'INACTIVE' ? undefined : autoScalingGroupOf(instance);
        return name === undefined ? undefined : `${scopeKey(instance)}/${name}`;
      },
    },
  }),
  /** Newest last; the oldest are dropped. */
  events: table<EcsEvent>()({ key: (event) => event.id, indexes: { scope: scopeKey } }),
  logGroups: table<LogGroup>()({
    key: (group) => logGroupKey(group, group.logGroupName),
    indexes: { scope: scopeKey },
  }),
  discoveryNamespaces: table<DiscoveryNamespace>()({
    key: (namespace) => namespace.namespaceId,
    indexes: {
      scope: scopeKey,
      httpName: (namespace) => httpNameKey(namespace, namespace.httpName),
      /** Those that DNS answers for. */
      zone: (namespace) => namespace.hostedZoneId,
    },
  }),
  discoveryServices: table<DiscoveryService>()({
    key: (service) => service.serviceId,
    indexes: {
      scope: scopeKey,
      namespace: (service) => service.namespaceId,
      /** By `namespaceId/name`. */
      name: (service) => `${service.namespaceId}/${service.name}`,
      /** Endpoints of Service Connect, by the service of ECS whose they are. */
      ecsService: (service) => service.ecsServiceArn,
    },
  }),
  discoveryInstances: table<DiscoveryInstance>()({
    key: (instance) => discoveryInstanceKey(instance.serviceId, instance.instanceId),
    alike: ['service'],
    indexes: { service: (instance) => instance.serviceId, task: (instance) => instance.taskArn },
  }),
  /** Of the endpoints of Service Connect; no operation shows them. */
  connectCertificates: table<ConnectCertificate>()({
    key: (certificate) => certificate.certificateArn,
    indexes: { service: (certificate) => certificate.serviceArn },
  }),
  /** Newest last; gone after a day. */
  discoveryOperations: table<DiscoveryOperation>()({
    key: (operation) => operation.operationId,
    indexes: { scope: scopeKey },
  }),
  loadBalancers: table<LoadBalancer>()({
    key: (balancer) => balancer.loadBalancerArn,
    indexes: {
      scope: scopeKey,
      name: (balancer) => `${scopeKey(balancer)}/${balancer.loadBalancerName}`,
      /** Those with a node on the host. */
      host: ({ nodes }) => nodes.flatMap(({ hostArn }) => hostArn ?? []),
    },
  }),
  listeners: table<Listener>()({
    key: (listener) => listener.listenerArn,
    indexes: {
      loadBalancer: (listener) => listener.loadBalancerArn,
      certificate: ({ defaultCertificateArn, certificateArns }) =>
        defaultCertificateArn === undefined ? certificateArns : [defaultCertificateArn, ...certificateArns],
    },
  }),
  listenerRules: table<ListenerRule>()({
    key: (rule) => rule.ruleArn,
    indexes: {
      listener: (rule) => rule.listenerArn,
      /** Rules that forward to the group, with whatever weight. */
      targetGroup: (rule) => targetGroupsOf(rule.action),
    },
  }),
  targetGroups: table<TargetGroup>()({
    key: (group) => group.targetGroupArn,
    indexes: { scope: scopeKey, name: (group) => `${scopeKey(group)}/${group.targetGroupName}` },
  }),
  targets: table<Target>()({
    key: targetKey,
    indexes: {
      targetGroup: (target) => target.targetGroupArn,
      task: (target) => target.taskArn,
      /** Instances and addresses. */
      id: (target) => target.id,
    },
  }),
  /** Without those of Cloud Map, which are its namespaces. */
  hostedZones: table<HostedZone>()({
    key: (zone) => zone.hostedZoneId,
    indexes: {
      account: (zone) => zone.accountId,
      name: (zone) => zone.name,
      /** Private zones that a VPC sees. */
      vpc: (zone) => zone.vpcs.map(({ vpcId }) => vpcId),
    },
  }),
  resourceRecordSets: table<ResourceRecordSet>()({
    key: recordSetKey,
    alike: ['zone'],
    indexes: {
      zone: (set) => set.hostedZoneId,
      /** By `hostedZoneId/name`. */
      name: (set) => `${set.hostedZoneId}/${set.name}`,
    },
  }),
  /** Gone after a day. */
  dnsChanges: table<DnsChange>()({ key: (change) => change.changeId, indexes: {} }),
  codeDeployApplications: table<CodeDeployApplication>()({
    key: (application) => application.applicationId,
    indexes: { scope: scopeKey, name: (application) => `${scopeKey(application)}/${application.applicationName}` },
  }),
  codeDeployConfigs: table<CodeDeployConfig>()({
    key: (config) => `${scopeKey(config)}/${config.deploymentConfigName}`,
    indexes: { scope: scopeKey },
  }),
  codeDeployGroups: table<CodeDeployGroup>()({
    key: (group) => group.deploymentGroupId,
    indexes: {
      application: (group) => group.applicationId,
      /** By `applicationId/name`. */
      name: (group) => `${group.applicationId}/${group.deploymentGroupName}`,
      service: (group) => group.serviceArn,
    },
  }),
  codeDeployRevisions: table<CodeDeployRevision>()({
    key: (revision) => `${revision.applicationId}/${revision.sha256}`,
    indexes: { application: (revision) => revision.applicationId },
  }),
  /** In order of creation. */
  codeDeployDeployments: table<CodeDeployDeployment>()({
    key: (deployment) => deployment.deploymentId,
    indexes: {
      scope: scopeKey,
      group: (deployment) => deployment.deploymentGroupId,
      /** Those that are not over, by group, and by service. */
      openGroup: (deployment) => (isCodeDeployOver(deployment) ? undefined : deployment.deploymentGroupId),
      openService: (deployment) => (isCodeDeployOver(deployment) ? undefined : deployment.serviceArn),
      /** Those that are over, for the reaper. */
      over: (deployment) => (isCodeDeployOver(deployment) ? 'yes' : undefined),
    },
  }),
  certificates: table<Certificate>()({
    key: (certificate) => certificate.certificateArn,
    indexes: { scope: scopeKey },
  }),
  vpcs: table<Vpc>()({ key: (vpc) => vpc.vpcId, indexes: { scope: scopeKey } }),
  subnets: table<Subnet>()({
    key: (subnet) => `${scopeKey(subnet)}/${subnet.subnetId}`,
    indexes: { scope: scopeKey, id: (subnet) => subnet.subnetId, vpc: (subnet) => subnet.vpcId },
  }),
  securityGroups: table<SecurityGroup>()({
    key: (group) => `${scopeKey(group)}/${group.groupId}`,
    indexes: { scope: scopeKey, id: (group) => group.groupId, vpc: (group) => group.vpcId },
  }),
  securityGroupRules: table<SecurityGroupRule>()({
    key: (rule) => `${scopeKey(rule)}/${rule.securityGroupRuleId}`,
    alike: ['group'],
    indexes: {
      scope: scopeKey,
      group: (rule) => rule.groupId,
      /** Rules that let the interfaces of a group through. */
      referencedGroup: (rule) => rule.referencedGroupId,
    },
  }),
  networkAcls: table<NetworkAcl>()({
    key: (acl) => `${scopeKey(acl)}/${acl.networkAclId}`,
    indexes: {
      scope: scopeKey,
      id: (acl) => acl.networkAclId,
      vpc: (acl) => acl.vpcId,
      subnet: (acl) => acl.associations.map(({ subnetId }) => subnetId),
    },
  }),
  routeTables: table<RouteTable>()({
    key: (routes) => `${scopeKey(routes)}/${routes.routeTableId}`,
    indexes: {
      scope: scopeKey,
      vpc: (routes) => routes.vpcId,
      subnet: (routes) => routes.associations.flatMap(({ subnetId }) => subnetId ?? []),
      /** Tables with a route to a gateway or interface, by its id. */
      target: (table) => table.routes.flatMap((route) => targetOf(route) ?? []),
    },
  }),
  internetGateways: table<InternetGateway>()({
    key: (gateway) => `${scopeKey(gateway)}/${gateway.internetGatewayId}`,
    indexes: { scope: scopeKey, vpc: (gateway) => gateway.vpcId },
  }),
  natGateways: table<NatGateway>()({
    key: (gateway) => `${scopeKey(gateway)}/${gateway.natGatewayId}`,
    indexes: { scope: scopeKey, subnet: (gateway) => gateway.subnetId },
  }),
  elasticIps: table<ElasticIp>()({
    key: (address) => `${scopeKey(address)}/${address.allocationId}`,
    indexes: {
      scope: scopeKey,
      address: (address) => address.publicIp,
      interface: (address) => address.association?.networkInterfaceId,
    },
  }),
  dhcpOptions: table<DhcpOptions>()({
    key: (options) => `${scopeKey(options)}/${options.dhcpOptionsId}`,
    indexes: { scope: scopeKey },
  }),
  vpcEndpoints: table<VpcEndpoint>()({
    key: (endpoint) => `${scopeKey(endpoint)}/${endpoint.vpcEndpointId}`,
    indexes: { scope: scopeKey, vpc: (endpoint) => endpoint.vpcId },
  }),
  networkInterfaces: table<NetworkInterface>()({
    key: (eni) => eni.networkInterfaceId,
    alike: ['subnet'],
    indexes: {
      scope: scopeKey,
      task: (eni) => eni.taskArn,
      subnet: (eni) => eni.subnetId,
      /** Those of load balancers, by what they are of. */
      balancer: (eni) => (eni.requesterId === balancerRequester ? eni.description : undefined),
      address: addressesOf,
      group: (eni) => eni.securityGroups,
      publicAddress: (eni) => eni.association?.publicIp,
      /** Without those of tasks of 0.1.0, whose tasks alone say where they are. */
      host: (eni) => eni.hostArn,
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

/** Requests a token bucket gives: at once when it is full, and per second for ever. */
export interface RequestRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** The classes of operations that share a bucket, with AWS's rates. Source: "Request throttling for the Amazon ECS API". */
export const requestRates = {
  agentModify: { burst: 200, perSecond: 120 },
  capacityProviderModify: { burst: 10, perSecond: 1 },
  capacityProviderRead: { burst: 50, perSecond: 20 },
  clusterModify: { burst: 20, perSecond: 1 },
  clusterRead: { burst: 50, perSecond: 20 },
  clusterResourceModify: { burst: 100, perSecond: 40 },
  clusterResourceRead: { burst: 100, perSecond: 20 },
  clusterServiceResourceRead: { burst: 10, perSecond: 1 },
  serviceDeploymentRead: { burst: 50, perSecond: 20 },
  serviceModify: { burst: 50, perSecond: 5 },
  serviceRead: { burst: 100, perSecond: 20 },
  settingsModify: { burst: 10, perSecond: 1 },
  settingsRead: { burst: 50, perSecond: 20 },
  tagModify: { burst: 20, perSecond: 10 },
  tagRead: { burst: 50, perSecond: 20 },
  taskDefinitionDeletion: { burst: 5, perSecond: 1 },
  taskDefinitionModify: { burst: 20, perSecond: 1 },
  taskDefinitionRead: { burst: 50, perSecond: 20 },
  taskProtection: { burst: 200, perSecond: 80 },
  taskSetModify: { burst: 100, perSecond: 20 },
} as const satisfies Readonly<Record<string, RequestRate>>;

export type RequestClass = keyof typeof requestRates;

const operationsOf: Readonly<Record<RequestClass, string>> = {
  agentModify:
    'RegisterContainerInstance DeregisterContainerInstance DiscoverPollEndpoint SubmitTaskStateChange ' +
    'SubmitContainerStateChange SubmitAttachmentStateChanges',
  capacityProviderModify: 'CreateCapacityProvider UpdateCapacityProvider DeleteCapacityProvider',
  capacityProviderRead: 'DescribeCapacityProviders',
  clusterModify:
    'CreateCluster UpdateCluster UpdateClusterSettings DeleteCluster PutClusterCapacityProviders ' +
    'AssociateGatewayWithCluster DisassociateGatewayFromCluster',
  clusterRead: 'DescribeClusters ListClusters ListGatewayClusterAssociations',
  clusterResourceModify:
    'RunTask StartTask StopTask ExecuteCommand PutAttributes DeleteAttributes UpdateContainerInstancesState ' +
    'UpdateContainerAgent',
  clusterResourceRead: 'DescribeTasks ListTasks DescribeContainerInstances ListContainerInstances ListAttributes',
  clusterServiceResourceRead: 'ListServices ListServicesByNamespace ListDaemons',
  serviceDeploymentRead:
    'DescribeServiceDeployments ListServiceDeployments DescribeServiceRevisions DescribeDaemonDeployments ' +
    'ListDaemonDeployments DescribeDaemonRevisions',
  serviceModify:
    'CreateService UpdateService DeleteService StopServiceDeployment ContinueServiceDeployment ' +
    'CreateExpressGatewayService UpdateExpressGatewayService DeleteExpressGatewayService CreateDaemon UpdateDaemon ' +
    'DeleteDaemon CreateGateway UpdateGateway DeleteGateway',
  serviceRead:
    'DescribeServices DescribeTaskSets DescribeExpressGatewayService DescribeDaemon DescribeGateway ListGateways ' +
    'DescribeGatewayResources DescribeGatewayRoute ListGatewayRoutes',
  settingsModify: 'PutAccountSetting PutAccountSettingDefault DeleteAccountSetting',
  settingsRead: 'ListAccountSettings',
  tagModify: 'TagResource UntagResource',
  tagRead: 'ListTagsForResource',
  taskDefinitionDeletion: 'DeleteTaskDefinitions DeleteDaemonTaskDefinition',
  taskDefinitionModify: 'RegisterTaskDefinition DeregisterTaskDefinition RegisterDaemonTaskDefinition',
  taskDefinitionRead:
    'DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies DescribeDaemonTaskDefinition ' +
    'ListDaemonTaskDefinitions',
  taskProtection: 'GetTaskProtection UpdateTaskProtection',
  taskSetModify: 'CreateTaskSet UpdateTaskSet DeleteTaskSet UpdateServicePrimaryTaskSet',
};

/** The class of each operation of ECS. */
export const requestClasses: ReadonlyMap<string, RequestClass> = new Map(
  Object.entries(operationsOf).flatMap(([each, names]) => names.split(' ').map((name) => [name, each as RequestClass])),
);

/** Whether agents call it: thousands of them at once. */
export function isAgentOperation(name: string): boolean {
  return requestClasses.get(name) === 'agentModify';
}

const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;
const role = 'arn:aws:iam::000000000000:role/any';
const cluster = 'host';
const daemonArn = arn('daemon/host/logs');
const daemon = {
  daemonTaskDefinitionArn: arn('daemon-task-definition/logs:1'),
  capacityProviderArns: [arn('capacity-provider/mine')],
};

/**
 * A well-formed request of each operation that docs/compat/expectations.json expects to be refused. One of `context`
 * goes to the cluster `host`, which is there with an instance.
 */
export function refusedRequests(context: { readonly containerInstance: string }): Readonly<Record<string, object>> {
  return {
    UpdateContainerAgent: { cluster, containerInstance: context.containerInstance },
    CreateDaemon: { daemonName: 'logs', clusterArn: cluster, ...daemon },
    UpdateDaemon: { daemonArn, ...daemon },
    DescribeDaemon: { daemonArn },
    DeleteDaemon: { daemonArn },
    CreateGateway: {
      name: 'web',
      infrastructureRoleArn: role,
      configuration: { hostSharedAlb: { scheme: 'internal' } },
    },
    UpdateGateway: { gateway: 'web', deletionProtection: false },
    DescribeGateway: { gateway: 'web' },
    DescribeGatewayResources: { gateway: 'web' },
    DescribeGatewayRoute: { gatewayRouteArn: arn('gateway-route/web/1') },
    AssociateGatewayWithCluster: { gateway: 'web', cluster },
    DisassociateGatewayFromCluster: { gateway: 'web', cluster },
    DeleteGateway: { gateway: 'web' },
  };
}

/** Lists and descriptions that are answered, and hold nothing in this version, with what they answer. */
export const emptyAnswers: readonly (readonly [operation: string, input: object, answer: object])[] = [
  ['ListDaemons', { clusterArn: cluster }, { daemonSummariesList: [] }],
  ['ListDaemonDeployments', { daemonArn }, { daemonDeployments: [] }],
  [
    'DescribeDaemonDeployments',
    { daemonDeploymentArns: [arn('daemon-deployment/host/logs/abc')] },
    { daemonDeployments: [], failures: [{ arn: arn('daemon-deployment/host/logs/abc'), reason: 'MISSING' }] },
  ],
  [
    'DescribeDaemonRevisions',
    { daemonRevisionArns: [arn('daemon-revision/host/logs/abc')] },
    { daemonRevisions: [], failures: [{ arn: arn('daemon-revision/host/logs/abc'), reason: 'MISSING' }] },
  ],
  ['ListGateways', {}, { gateways: [] }],
  ['ListGatewayClusterAssociations', { cluster }, { gatewayClusterAssociations: [] }],
  ['ListGatewayRoutes', { cluster }, { gatewayRoutes: [] }],
];

const arn = (path: string) => `arn:aws:ecs:us-east-1:000000000000:${path}`;
const role = 'arn:aws:iam::000000000000:role/any';
const cluster = 'host';

/**
 * A well-formed request of each operation that docs/compat/expectations.json expects to be refused. One of `context`
 * goes to the cluster `host`, which is there with an instance.
 */
export function refusedRequests(context: { readonly containerInstance: string }): Readonly<Record<string, object>> {
  return {
    UpdateContainerAgent: { cluster, containerInstance: context.containerInstance },
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
  ['ListGateways', {}, { gateways: [] }],
  ['ListGatewayClusterAssociations', { cluster }, { gatewayClusterAssociations: [] }],
  ['ListGatewayRoutes', { cluster }, { gatewayRoutes: [] }],
];

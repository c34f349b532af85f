import { type Answer, type Client, isRefusal } from './client.ts';

/** Attempts before anything else is done: there is nothing to go on with until the names are there. */
const patience = 1_000;

/**
 * A private namespace with a Cloud Map service for each of the names: the ARNs of those. What is repeated because its
 * answer got lost acts once, by its CreatorRequestId.
 */
export async function prepareNames(
  user: Client,
  vpcId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const insist = (operation: string, input: object): Promise<Answer> =>
    user.call(`servicediscovery:${operation}`, input, patience);
  await insist('CreatePrivateDnsNamespace', { Name: 'sim.internal', Vpc: vpcId, CreatorRequestId: 'names' });
  const { Namespaces } = await insist('ListNamespaces', {});
  const NamespaceId: string = Namespaces[0].Id;
  for (const Name of names) {
    await insist('CreateService', {
      Name,
      NamespaceId,
      CreatorRequestId: `name-${Name}`,
      DnsConfig: { RoutingPolicy: 'MULTIVALUE', DnsRecords: [{ Type: 'A', TTL: 10 }] },
      HealthCheckCustomConfig: { FailureThreshold: 1 },
    }).catch((error: unknown) => {
      // There already: an earlier attempt worked.
      if (!isRefusal(error)) throw error;
    });
  }
  const { Services } = await insist('ListServices', {});
  return new Map(Services.map(({ Name, Arn }: { Name: string; Arn: string }) => [Name, Arn]));
}

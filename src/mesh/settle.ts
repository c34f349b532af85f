import type { Ids, Instant } from '#base';
import {
  type CallableEndpoint,
  type ConnectEndpoint,
  type ConnectProtocol,
  type ConnectServiceSettings,
  connectCertificateArn,
  type DiscoveryNamespace,
  type DiscoveryService,
  discoveryServiceArn,
  formatIpv4,
  networkModeOf,
  parseIpv4,
  type RevisionConnect,
  revisionArnOf,
  type Service,
  type ServiceArn,
  type ServiceRevision,
  shortId,
  type Task,
  type TaskDefinition,
} from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';
import { idleTimeoutSeconds, perRequestTimeoutSeconds } from './limits.ts';

type Settings = Pick<Service, 'serviceArn' | 'serviceConnectConfiguration' | 'accountId' | 'region'>;

/** The name in Cloud Map of what a configuration offers. */
export function discoveryNameOf({ portName, discoveryName }: ConnectServiceSettings): string {
  return discoveryName ?? portName;
}

/**
 * What a new deployment of the service has of Service Connect; `undefined` when that is not enabled. Makes the Cloud Map
 * services of its discovery names that are not there. Its tasks can call what the namespace has now, and nothing later.
 */
export function settleConnect(
  tx: RoadsteadTx,
  service: Settings,
  definition: TaskDefinition,
  context: { readonly ids: Ids; readonly now: Instant },
): RevisionConnect | undefined {
  const { enabled, namespaceArn, services = [] } = service.serviceConnectConfiguration ?? {};
  if (enabled !== true || namespaceArn === undefined) return undefined;
  const namespace = tx.discoveryNamespaces.get(shortId(namespaceArn));
  const bridge = networkModeOf(definition) === 'bridge';
  const endpoints = services.map((settings, index) => {
    const record = discoveryService(tx, service, { namespace, name: discoveryNameOf(settings) }, context);
    const endpoint = endpointOf(settings, { record, namespace, definition });
    return bridge ? bridged(endpoint, settings, { definition, index }) : endpoint;
  });
  const others = endpointsIn(tx, namespace).filter(({ serviceArn }) => serviceArn !== service.serviceArn);
  const callable = callableOf([...endpoints, ...others.map(({ endpoint }) => endpoint)], bridge);
  return { namespaceArn, endpoints, callable };
}

/** What the task runs; of a deployment that has left the list, known by its number. */
export function revisionOfTask(view: RoadsteadView, { serviceArn, deploymentId }: Task): ServiceRevision | undefined {
  if (serviceArn === undefined || deploymentId === undefined) return undefined;
  const listed = view.services.find(serviceArn)?.deployments.find(({ id }) => id === deploymentId);
  return view.serviceRevisions.find(revisionArnOf(serviceArn, listed ?? { id: deploymentId }));
}

/** The endpoints of a namespace as their services last deployed them. */
export function endpointsIn(
  view: RoadsteadView,
  namespace: Pick<DiscoveryNamespace, 'namespaceId'>,
): readonly { readonly serviceArn: ServiceArn; readonly endpoint: ConnectEndpoint }[] {
  const found: { serviceArn: ServiceArn; endpoint: ConnectEndpoint }[] = [];
  for (const record of view.discoveryServices.by('namespace', namespace.namespaceId)) {
    const { ecsServiceArn: serviceArn } = record;
    const endpoint = serviceArn === undefined ? undefined : currentEndpoint(view, record);
    if (serviceArn !== undefined && endpoint !== undefined) found.push({ serviceArn, endpoint });
  }
  return found;
}

/** The endpoint as the newest deployment that has it says. */
export function currentEndpoint(view: RoadsteadView, record: DiscoveryService): ConnectEndpoint | undefined {
  const service = view.services.find(record.ecsServiceArn ?? '');
  if (service === undefined) return undefined;
  const arn = discoveryServiceArn(record, record.serviceId);
  for (const deployment of service.deployments) {
    const revision = view.serviceRevisions.find(revisionArnOf(service.serviceArn, deployment));
    const endpoint = revision?.connect?.endpoints.find(({ discoveryArn }) => discoveryArn === arn);
    if (endpoint !== undefined) return endpoint;
  }
  return undefined;
}

function discoveryService(
  tx: RoadsteadTx,
  { serviceArn, accountId, region }: Settings,
  { namespace, name }: { readonly namespace: DiscoveryNamespace; readonly name: string },
  { ids, now }: { readonly ids: Ids; readonly now: Instant },
): DiscoveryService {
  const [known] = tx.discoveryServices.by('name', `${namespace.namespaceId}/${name}`);
  if (known !== undefined) return known;
  const record: DiscoveryService = {
    accountId,
    region,
    serviceId: `srv-${ids.from('abcdefghijklmnopqrstuvwxyz0123456789', 16)}`,
    namespaceId: namespace.namespaceId,
    name,
    type: 'HTTP',
    attributes: {},
    instancesRevision: Math.round(now * 1000),
    managedByEcs: true,
    ecsServiceArn: serviceArn,
    tags: [{ key: 'AmazonECSManaged', value: 'true' }],
    createdAt: now,
  };
  tx.discoveryServices.put(record);
  return record;
}

function endpointOf(
  settings: ConnectServiceSettings,
  where: {
    readonly record: DiscoveryService;
    readonly namespace: DiscoveryNamespace;
    readonly definition: TaskDefinition;
  },
): ConnectEndpoint {
  const { record, namespace, definition } = where;
  const { portName, clientAliases = [], ingressPortOverride = 0, timeout, tls } = settings;
  const { containerPort, protocol } = namedPort(definition, portName);
  const [alias] = clientAliases;
  const testHeader = alias?.testTrafficRules?.header;
  return {
    discoveryName: record.name,
    discoveryArn: discoveryServiceArn(record, record.serviceId),
    portName,
    containerPort,
    listenerPort: ingressPortOverride === 0 ? containerPort : ingressPortOverride,
    protocol,
    idleTimeoutSeconds: timeout?.idleTimeoutSeconds ?? idleTimeoutSeconds[protocol],
    perRequestTimeoutSeconds: protocol === 'tcp' ? 0 : (timeout?.perRequestTimeoutSeconds ?? perRequestTimeoutSeconds),
    hostName: alias?.dnsName ?? `${record.name}.${namespace.name}`,
    port: alias?.port === undefined || alias.port === 0 ? containerPort : alias.port,
    ...(testHeader === undefined ? {} : { testHeader }),
    ...(tls === undefined ? {} : { certificateArn: connectCertificateArn(record, record.serviceId) }),
  };
}

/**
 * In bridge mode the proxy has a namespace of its own, and is called by a port of the host: the one that was given as
 * override, or any. Within, it has ports that no name is called at.
 */
function bridged(
  endpoint: ConnectEndpoint,
  { portName, ingressPortOverride: hostPort = 0 }: ConnectServiceSettings,
  { definition, index }: { readonly definition: TaskDefinition; readonly index: number },
): ConnectEndpoint {
  const { containerName } = namedPort(definition, portName);
  return { ...endpoint, listenerPort: highestPort - index, bridge: { containerName, hostPort } };
}

/** Ports beyond those that the kernel gives to whoever asks for any. */
const highestPort = 65_000;

/** The container, port and protocol behind the name of a mapping. */
export function namedPort(
  definition: Pick<TaskDefinition, 'containerDefinitions'>,
  portName: string,
): { readonly containerName: string; readonly containerPort: number; readonly protocol: ConnectProtocol } {
  for (const { name: containerName = '', portMappings = [] } of definition.containerDefinitions) {
    const mapping = portMappings.find(({ name }) => name === portName);
    if (mapping !== undefined)
      return { containerName, containerPort: mapping.containerPort ?? 0, protocol: mapping.appProtocol ?? 'tcp' };
  }
  return { containerName: '', containerPort: 0, protocol: 'tcp' };
}

const firstLoopback = parseIpv4('127.255.0.1') ?? 0;
/** Where containers have namespaces of their own, names are led to the proxy's: loopback addresses cannot be. */
const firstLinkLocal = parseIpv4('169.254.176.1') ?? 0;

/** Each name has an address of its own in the task; its ports share it. Of two endpoints at one place the first counts. */
function callableOf(endpoints: readonly ConnectEndpoint[], bridge: boolean): readonly CallableEndpoint[] {
  const firstAddress = bridge ? firstLinkLocal : firstLoopback;
  const addresses = new Map<string, string>();
  const taken = new Set<string>();
  return endpoints.flatMap(({ discoveryArn, hostName, port }) => {
    if (taken.has(`${hostName}:${port}`)) return [];
    taken.add(`${hostName}:${port}`);
    const address = addresses.get(hostName) ?? formatIpv4(firstAddress + addresses.size);
    addresses.set(hostName, address);
    return [{ discoveryArn, hostName, port, address }];
  });
}

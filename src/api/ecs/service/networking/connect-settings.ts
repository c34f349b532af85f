import { currentEndpoint, discoveryNameOf, endpointsIn, findNamespace, namedPort, servicesPerNamespace } from '#mesh';
import {
  type ConnectServiceSettings,
  type DiscoveryNamespace,
  discoveryNamespaceArn,
  type Scope,
  type Service,
  type ServiceConnectConfiguration,
  shortId,
  type TaskDefinition,
} from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import { invalidParameter, namespaceNotFound } from '../../errors.ts';
import type { ConnectInput } from './service-connect.ts';

/**
 * The Service Connect configuration as it is stored, with its namespace found; NamespaceNotFoundException when there is
 * none such. `defaultNamespace` is the cluster's. Call `checkServiceConnect` first.
 */
export function connectFrom(
  view: RoadsteadView,
  scope: Scope,
  input: ConnectInput | undefined,
  defaultNamespace: string | undefined,
): ServiceConnectConfiguration | undefined {
  if (input === undefined) return undefined;
  // Members that were not given must not be there at all.
  const given = JSON.parse(JSON.stringify(input)) as ServiceConnectConfiguration;
  if (!input.enabled) return given;
  const asked = input.namespace ?? defaultNamespace ?? '';
  const namespace = findNamespace(view, scope, asked);
  if (namespace === undefined) throw namespaceNotFound(asked);
  return { ...given, namespace: asked, namespaceArn: discoveryNamespaceArn(scope, namespace.namespaceId) };
}

/**
 * Refuses names and client aliases that another service of the namespace has, and another protocol for those that the
 * service has already. The sentence about names is observed.
 */
export function requireFreeEndpoints(
  view: RoadsteadView,
  service: Pick<Service, 'serviceArn' | 'serviceConnectConfiguration'>,
  definition: TaskDefinition,
): void {
  const { namespaceArn, services = [] } = service.serviceConnectConfiguration ?? {};
  const namespace = namespaceArn === undefined ? undefined : view.discoveryNamespaces.find(shortId(namespaceArn));
  if (namespaceArn === undefined) return;
  if (namespace === undefined) throw namespaceNotFound(namespaceArn);
  const others = endpointsIn(view, namespace).filter(({ serviceArn }) => serviceArn !== service.serviceArn);
  let added = 0;
  for (const settings of services) {
    const name = discoveryNameOf(settings);
    const [known] = view.discoveryServices.by('name', `${namespace.namespaceId}/${name}`);
    if (known === undefined) added++;
    else if (known.ecsServiceArn !== service.serviceArn) {
      const owner = known.ecsServiceArn ?? 'a service of Cloud Map that ECS did not make';
      throw invalidParameter(
        `SC service is already used by ${namespaceArn}. The discovery name ${name} belongs to ${owner}. Choose another discoveryName.`,
      );
    } else requireSameProtocol(currentEndpoint(view, known)?.protocol, definition, settings);
    requireFreeAlias(others, settings, namespace, definition);
  }
  if (view.discoveryServices.count('namespace', namespace.namespaceId) + added > servicesPerNamespace) {
    throw new ApiError(
      'LimitExceededException',
      `The namespace ${namespaceArn} cannot have more than ${servicesPerNamespace} services.`,
    );
  }
}

function requireSameProtocol(
  before: string | undefined,
  definition: TaskDefinition,
  { portName }: ConnectServiceSettings,
): void {
  const { protocol } = namedPort(definition, portName);
  if (before === undefined || before === protocol) return;
  throw invalidParameter(
    `The appProtocol of portName(${portName}) cannot be changed from ${before} to ${protocol} while Service Connect uses it. Use another portName and discoveryName.`,
  );
}

function requireFreeAlias(
  others: ReturnType<typeof endpointsIn>,
  settings: ConnectServiceSettings,
  namespace: DiscoveryNamespace,
  definition: TaskDefinition,
): void {
  const [alias] = settings.clientAliases ?? [];
  const hostName = alias?.dnsName ?? `${discoveryNameOf(settings)}.${namespace.name}`;
  const port = alias?.port || namedPort(definition, settings.portName).containerPort;
  const taken = others.find(({ endpoint }) => endpoint.hostName === hostName && endpoint.port === port);
  if (taken === undefined) return;
  throw invalidParameter(
    `Duplicate client alias found: ${hostName}:${port}. The service ${taken.serviceArn} has it in the namespace.`,
  );
}

/** The configuration and resources of a deployment or revision, as the API shows them. */
export function presentConnect({
  serviceConnectConfiguration: configuration,
  serviceConnectResources: resources,
}: Pick<Service, 'serviceConnectConfiguration'> & {
  readonly serviceConnectResources?: readonly { readonly discoveryName: string; readonly discoveryArn: string }[];
}) {
  if (configuration === undefined) return {};
  const { namespaceArn: _, services, logConfiguration, containerConfigurations, ...rest } = configuration;
  return {
    serviceConnectConfiguration: {
      ...rest,
      ...(services === undefined ? {} : { services: services.map(presentService) }),
      ...(logConfiguration === undefined ? {} : { logConfiguration: presentLogging(logConfiguration) }),
      ...(containerConfigurations === undefined ? {} : { containerConfigurations: [...containerConfigurations] }),
    },
    ...(resources === undefined ? {} : { serviceConnectResources: resources.map((each) => ({ ...each })) }),
  };
}

function presentService({ clientAliases, ...service }: ConnectServiceSettings) {
  return { ...service, ...(clientAliases === undefined ? {} : { clientAliases: [...clientAliases] }) };
}

function presentLogging({
  secretOptions,
  logDriver,
  ...rest
}: NonNullable<ServiceConnectConfiguration['logConfiguration']>) {
  return {
    ...rest,
    logDriver: logDriver as 'awslogs',
    ...(secretOptions === undefined ? {} : { secretOptions: [...secretOptions] }),
  };
}

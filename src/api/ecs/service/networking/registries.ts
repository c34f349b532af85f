import type * as Ecs from '@aws-sdk/client-ecs';
import {
  type DiscoveryService,
  discoveryServiceArn,
  networkModeOf,
  type Scope,
  type ServiceRegistry,
  shortId,
} from '#model';
import type { RoadsteadView } from '#store';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../../errors.ts';
import { requireContainerPort, type Subject } from './subject.ts';

type RegistryInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['serviceRegistries']>[number];

/**
 * The service registries as they are stored, checked against the records of their Cloud Map service; `undefined` for
 * none. Call `checkRegistries` first. The text about what is not required is observed.
 */
export function registriesFrom(
  view: RoadsteadView,
  scope: Scope,
  registries: readonly RegistryInput[] | undefined,
  { definition }: Pick<Subject, 'definition'>,
): readonly ServiceRegistry[] | undefined {
  const [registry] = registries ?? [];
  if (registry === undefined) return undefined;
  const { registryArn = '', port, containerName, containerPort } = registry;
  const found = discoveryServiceOf(view, scope, registryArn);
  if (found === undefined) throw invalidParameter(`The service registry ${registryArn} does not exist.`);
  if (definition !== undefined) checkRecords(registry, found, networkModeOf(definition) === 'awsvpc');
  return [
    {
      registryArn,
      ...(port === undefined ? {} : { port }),
      ...(containerName === undefined ? {} : { containerName }),
      ...(containerPort === undefined ? {} : { containerPort }),
    },
  ];
}

/** The Cloud Map service that a registry names, if it is the caller's. */
function discoveryServiceOf(view: RoadsteadView, scope: Scope, registryArn: string): DiscoveryService | undefined {
  const found = view.discoveryServices.find(shortId(registryArn));
  return found !== undefined && discoveryServiceArn(scope, found.serviceId) === registryArn ? found : undefined;
}

function checkRecords(registry: RegistryInput, { dnsConfig }: DiscoveryService, ownInterface: boolean): void {
  const types = dnsConfig?.dnsRecords.map(({ type }) => type) ?? [];
  if (types.includes('CNAME')) throw notWith('CNAME records');
  if (!ownInterface && types.some((type) => type !== 'SRV')) {
    throw invalidParameter(
      'The DNS records of the service registry must be of type SRV alone when networkMode is bridge or host.',
    );
  }
  if (types.length === 0) return;
  const { port, containerName, containerPort } = registry;
  if (types.includes('SRV')) {
    if (port !== undefined || containerPort !== undefined) return;
    throw invalidParameter(
      'The service registry has an SRV record: serviceRegistries must specify either port, or containerName and containerPort.',
    );
  }
  for (const [member, value] of Object.entries({ containerPort, containerName, port })) {
    if (value === undefined) continue;
    throw invalidParameter(`The values specified for serviceRegistries do not require a value for '${member}'`);
  }
}

/**
 * Checks the service registries as far as it can be done without knowing their records. Source: ServiceRegistry in the API
 * reference and "Service discovery"; the first text is observed.
 */
export function checkRegistries(
  registries: readonly RegistryInput[],
  subject: Subject,
  options: { readonly classicLoadBalancer: boolean },
): void {
  const [registry] = registries;
  if (registry === undefined) return;
  if (registries.length > 1) throw invalidParameter('service registries can have at most 1 items.');
  if ((registry.registryArn ?? '') === '') throw invalidParameter('registryArn can not be blank.');
  if (options.classicLoadBalancer) throw notWith('Classic Load Balancers');
  if (subject.launchType === 'EXTERNAL') throw notWith('the EXTERNAL launch type');
  const { definition } = subject;
  if (definition === undefined) return;
  const mode = networkModeOf(definition);
  if (mode === 'none') throw notWith("networkMode 'none'");
  checkPorts(registry, mode === 'awsvpc', subject);
}

function checkPorts(
  { port, containerName, containerPort }: RegistryInput,
  ownInterface: boolean,
  subject: Subject,
): void {
  const pair = containerName !== undefined && containerPort !== undefined;
  if ((containerName === undefined) !== (containerPort === undefined)) {
    throw invalidParameter('serviceRegistries must specify containerName and containerPort together.');
  }
  if (pair && port !== undefined) {
    throw invalidParameter(
      'serviceRegistries must specify either containerName and containerPort, or port, but not both.',
    );
  }
  if (!ownInterface && !pair) {
    throw invalidParameter(
      'serviceRegistries must specify containerName and containerPort when networkMode is bridge or host.',
    );
  }
  if (pair) requireContainerPort(subject, containerName, containerPort);
}

function notWith(what: string): Error {
  return invalidParameter(`Service registries are not supported with ${what}.`);
}

import type * as Ecs from '@aws-sdk/client-ecs';
import { networkModeOf } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../../errors.ts';
import { requireContainerPort, type Subject } from './subject.ts';

type RegistryInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['serviceRegistries']>[number];

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

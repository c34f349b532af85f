import type * as Ecs from '@aws-sdk/client-ecs';
import { networkModeOf } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter, unsupportedFeature } from '../errors.ts';
import { checkMonitoring } from './monitoring.ts';
import { checkLoadBalancers } from './networking/load-balancers.ts';
import { checkGatewayConnectors, checkLattice } from './networking/ports.ts';
import { checkRegistries } from './networking/registries.ts';
import { checkServiceConnect } from './networking/service-connect.ts';
import type { Subject } from './networking/subject.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateService'>;

/** The members of CreateService, UpdateService and CreateTaskSet that need, or decide over, parts of Roadstead that do not exist yet. */
export type UnbuiltInput = Partial<
  Pick<
    CreateInput,
    | 'taskDefinition'
    | 'role'
    | 'loadBalancers'
    | 'serviceRegistries'
    | 'serviceConnectConfiguration'
    | 'vpcLatticeConfigurations'
    | 'gatewayConnectors'
    | 'monitoring'
  >
>;

/**
 * Checks whole what a request asks of such parts; then refuses it, in a sentence that names the part.
 * `defaultNamespace` is that of the cluster's Service Connect defaults.
 */
export function refuseUnbuiltParts(input: UnbuiltInput, subject: Subject, defaultNamespace?: string): void {
  const { loadBalancers = [], serviceRegistries = [], vpcLatticeConfigurations = [], gatewayConnectors = [] } = input;
  const classicLoadBalancer = loadBalancers.some(({ loadBalancerName = '' }) => loadBalancerName !== '');
  checkLoadBalancers(loadBalancers, subject);
  checkRole(input, subject);
  checkRegistries(serviceRegistries, subject, { classicLoadBalancer });
  checkServiceConnect(input.serviceConnectConfiguration, subject, defaultNamespace);
  checkLattice(vpcLatticeConfigurations, subject);
  checkGatewayConnectors(gatewayConnectors, subject);
  checkMonitoring(input.monitoring);
  refuseNetworking(input);
  if ((input.monitoring?.metricConfigurations?.length ?? 0) > 0) {
    throw unsupportedFeature('Metrics of services are not part of this version of Roadstead. Leave monitoring out.');
  }
}

/** A role is for load balancers, and for services that do without the service-linked one. Observed texts. */
function checkRole({ role, loadBalancers = [], serviceRegistries = [] }: UnbuiltInput, { definition }: Subject): void {
  if (role === undefined || role === '') return;
  if (loadBalancers.length === 0) {
    throw invalidParameter('IAM roles are only valid for services configured to use load balancers.');
  }
  const awsvpc = definition !== undefined && networkModeOf(definition) === 'awsvpc';
  if (!awsvpc && loadBalancers.length === 1 && serviceRegistries.length === 0) return;
  throw invalidParameter('You cannot specify an IAM role for services that require a service linked role.');
}

function refuseNetworking(input: UnbuiltInput): void {
  if (input.loadBalancers?.some(({ loadBalancerName = '' }) => loadBalancerName !== '') === true) {
    throw unsupportedFeature(
      'Classic Load Balancers are not part of this version of Roadstead. Use a target group of an Application Load ' +
        'Balancer or Network Load Balancer.',
    );
  }
  if ((input.vpcLatticeConfigurations?.length ?? 0) > 0) {
    throw unsupportedFeature('VPC Lattice is not part of this version of Roadstead.');
  }
  if ((input.gatewayConnectors?.length ?? 0) > 0) {
    throw unsupportedFeature('Gateways are not part of this version of Roadstead. Leave gatewayConnectors out.');
  }
}

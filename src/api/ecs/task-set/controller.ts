import type * as Ecs from '@aws-sdk/client-ecs';
import type { Service } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../errors.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateService'>;
type UpdateInput = InputOf<typeof Ecs, 'UpdateService'>;
type Controller = NonNullable<Service['deploymentController']>;

/**
 * The deployment controller of a new service; `undefined` when it is ECS. Refuses what goes with no other than ECS, and
 * for EXTERNAL what each task set says for itself. Source: CreateService in the API reference, deploymentController.
 */
export function checkedController(input: CreateInput): Controller | undefined {
  const type = input.deploymentController?.type;
  if (type === undefined || type === 'ECS') return undefined;
  if (input.schedulingStrategy === 'DAEMON') {
    throw invalidParameter(`The daemon scheduling strategy does not support the ${type} deployment controller type.`);
  }
  if (type === 'EXTERNAL') refuseWhatTaskSetsSay(input);
  refuseWithTaskSets(input.deploymentConfiguration);
  return type;
}

function refuseWhatTaskSetsSay(input: CreateInput): void {
  if (given(input.taskDefinition)) throw invalidParameter('TaskDefinition must be blank');
  for (const [name, value] of [
    ['LoadBalancers', input.loadBalancers],
    ['ServiceRegistries', input.serviceRegistries],
    ['CapacityProviderStrategy', input.capacityProviderStrategy],
    ['VolumeConfigurations', input.volumeConfigurations],
  ] as const) {
    if (given(value)) throw invalidParameter(`${name} must be empty or null.`);
  }
  if (input.networkConfiguration !== undefined) throw invalidParameter('NetworkConfiguration must be blank');
  if (given(input.launchType)) throw invalidParameter('LaunchType must be blank');
  if (given(input.platformVersion)) throw invalidParameter('PlatformVersion must be blank');
}

/** Nothing, an empty text and an empty list are all the same. */
function given(value: string | readonly unknown[] | undefined): boolean {
  return value !== undefined && value.length > 0;
}

/** What only deployments of the ECS controller do. */
export function refuseWithTaskSets(
  configuration:
    | {
        readonly deploymentCircuitBreaker?: { readonly enable?: boolean | undefined } | undefined;
        readonly alarms?: { readonly enable?: boolean | undefined } | undefined;
        readonly earlySuccessCriteria?: { readonly enable?: boolean | undefined } | undefined;
        readonly strategy?: string | undefined;
      }
    | undefined,
): void {
  if (configuration?.deploymentCircuitBreaker?.enable === true) {
    throw onlyWithEcs('The deployment circuit breaker');
  }
  if (configuration?.alarms?.enable === true) throw onlyWithEcs('Deployment alarms');
  if (configuration?.earlySuccessCriteria?.enable === true) throw onlyWithEcs('earlySuccessCriteria');
  const strategy = configuration?.strategy;
  if (strategy !== undefined && strategy !== 'ROLLING') throw onlyWithEcs(`The deployment strategy ${strategy}`);
}

function onlyWithEcs(what: string): Error {
  return invalidParameter(`${what} can be configured only with the ECS deployment controller.`);
}

/** CodeDeploy moves traffic between task sets, for which there has to be a load balancer. Observed text. */
export function requireLoadBalancer(
  controller: Controller | undefined,
  balancers: readonly {
    readonly targetGroupArn?: string | undefined;
    readonly loadBalancerName?: string | undefined;
  }[] = [],
): void {
  if (controller !== 'CODE_DEPLOY' || balancers.some(({ targetGroupArn = '' }) => targetGroupArn !== '')) return;
  throw invalidParameter(
    'When specifying the CODE_DEPLOY deployment controller type, the service requires an Application Load Balancer or ' +
      'Network Load Balancer.',
  );
}

/** Members of UpdateService that are for task sets to say, with their names in the refusal. */
const fixed: readonly (readonly [keyof UpdateInput, string])[] = [
  ['taskDefinition', 'task definition'],
  ['networkConfiguration', 'network parameters'],
  ['platformVersion', 'platform version'],
  ['capacityProviderStrategy', 'capacity provider strategy'],
  ['loadBalancers', 'load balancers'],
  ['serviceRegistries', 'service registries'],
  ['enableExecuteCommand', 'execute command'],
  ['availabilityZoneRebalancing', 'Availability Zone rebalancing'],
  ['serviceConnectConfiguration', 'Service Connect'],
  ['volumeConfigurations', 'volume configurations'],
  ['vpcLatticeConfigurations', 'VPC Lattice configurations'],
  ['gatewayConnectors', 'gateway connectors'],
  ['monitoring', 'monitoring'],
];

const instead: Readonly<Record<Controller, string>> = {
  CODE_DEPLOY: 'Use AWS CodeDeploy to trigger a new deployment.',
  EXTERNAL: 'Create a task set instead.',
};

/**
 * Refuses what UpdateService cannot change of a service with the controller that it has, or is to have from now on.
 * Source: UpdateService in the API reference; the two sentences about CODE_DEPLOY are observed, the others like them.
 */
export function requireUpdatable(service: Pick<Service, 'deploymentController'>, input: UpdateInput): void {
  const wanted = input.deploymentController?.type ?? service.deploymentController ?? 'ECS';
  if (wanted === 'ECS') return;
  const controller = wanted;
  const subject = `services with ${controller === 'EXTERNAL' ? 'an' : 'a'} ${controller} deployment controller`;
  if (input.forceNewDeployment === true) {
    throw invalidParameter(`Cannot force a new deployment on ${subject}. ${instead[controller]}`);
  }
  for (const [member, name] of fixed) {
    if (input[member] === undefined) continue;
    const observed = controller === 'CODE_DEPLOY' && member === 'taskDefinition';
    const hint = observed ? 'Please use Code Deploy to trigger a new deployment.' : instead[controller];
    throw invalidParameter(`Unable to update ${name} on ${subject}. ${hint}`);
  }
  // Who comes from another controller may have to set aside what only that one does.
  const stays = controller === service.deploymentController;
  if (stays && controller === 'EXTERNAL' && input.deploymentConfiguration !== undefined) {
    throw invalidParameter(`Unable to update deployment configuration on ${subject}. Scale its task sets instead.`);
  }
  refuseWithTaskSets(input.deploymentConfiguration);
}

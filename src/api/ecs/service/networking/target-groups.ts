import { balancersOf, findRule } from '#balancing';
import {
  networkModeOf,
  type Scope,
  type ServiceLoadBalancer,
  scopeKey,
  type TargetGroup,
  targetGroupsOf,
} from '#model';
import type { RoadsteadView } from '#store';
import { invalidParameter } from '../../errors.ts';
import type { LoadBalancerInput } from './load-balancers.ts';
import type { Subject } from './subject.ts';

/**
 * The load balancers of a service, whose shape is checked already: their target groups are there, used, and of the type that
 * its tasks need. Absent when the request has none. Observed texts, and those of "Troubleshooting Amazon ECS blue/green deployments".
 */
export function resolvedLoadBalancers(
  view: RoadsteadView,
  scope: Scope,
  inputs: readonly LoadBalancerInput[] | undefined,
  subject: Subject,
): readonly ServiceLoadBalancer[] | undefined {
  if (inputs === undefined || inputs.length === 0) return undefined;
  return inputs.map((input) => {
    const balancer = recordOf(input);
    const { advancedConfiguration: advanced } = balancer;
    requireTargetGroup(view, scope, balancer.targetGroupArn, subject);
    if (advanced !== undefined) {
      requireTargetGroup(view, scope, advanced.alternateTargetGroupArn, subject);
      requireRules(view, scope, balancer);
    }
    return balancer;
  });
}

/** What a new service has of load balancers. */
export function balancingOf(
  view: RoadsteadView,
  scope: Scope,
  input: { readonly loadBalancers?: readonly LoadBalancerInput[]; readonly role?: string },
  subject: Subject,
): { readonly loadBalancers?: readonly ServiceLoadBalancer[]; readonly role?: string } {
  const loadBalancers = resolvedLoadBalancers(view, scope, input.loadBalancers, subject);
  return {
    ...(loadBalancers === undefined ? {} : { loadBalancers }),
    ...(input.role === undefined || input.role === '' ? {} : { role: input.role }),
  };
}

function recordOf(input: LoadBalancerInput): ServiceLoadBalancer {
  const { targetGroupArn = '', containerName = '', containerPort = 0, advancedConfiguration: advanced } = input;
  if (advanced === undefined) return { targetGroupArn, containerName, containerPort };
  const { alternateTargetGroupArn = '', productionListenerRule = '', testListenerRule, roleArn = '' } = advanced;
  const test = testListenerRule === undefined || testListenerRule === '' ? {} : { testListenerRule };
  const advancedConfiguration = { alternateTargetGroupArn, productionListenerRule, ...test, roleArn };
  return { targetGroupArn, containerName, containerPort, advancedConfiguration };
}

function requireTargetGroup(view: RoadsteadView, scope: Scope, arn: string, { definition }: Subject): void {
  const found = view.targetGroups.find(arn);
  const group: TargetGroup | undefined = found !== undefined && scopeKey(found) === scopeKey(scope) ? found : undefined;
  if (group === undefined || balancersOf(view, arn).length === 0) {
    throw invalidParameter(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`);
  }
  if (definition === undefined) return;
  const mode = networkModeOf(definition);
  if ((mode === 'awsvpc') === (group.targetType === 'ip')) return;
  throw invalidParameter(
    `The provided target group ${arn} has target type ${group.targetType}, which is incompatible with the ${mode} ` +
      'network mode specified in the task definition.',
  );
}

function requireRules(
  view: RoadsteadView,
  scope: Scope,
  { targetGroupArn, advancedConfiguration: advanced }: ServiceLoadBalancer,
): void {
  if (advanced === undefined) return;
  const { productionListenerRule, testListenerRule, alternateTargetGroupArn } = advanced;
  const own = [productionListenerRule, testListenerRule].map((arn) => {
    const rule = arn === undefined ? undefined : findRule(view, arn);
    if (arn !== undefined && (rule === undefined || scopeKey(rule) !== scopeKey(scope))) {
      throw invalidParameter('One or more rules not found');
    }
    return rule;
  });
  const [production] = own;
  if (testListenerRule !== undefined || production === undefined || productionListenerRule.includes(':listener/'))
    return;
  const forwards = targetGroupsOf(production.action);
  if ([targetGroupArn, alternateTargetGroupArn].every((arn) => forwards.includes(arn))) return;
  throw invalidParameter(
    'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with ' +
      'both targetGroup and alternateTargetGroup',
  );
}

import type * as CodeDeploy from '@aws-sdk/client-codedeploy';
import { type CodeDeployBalancing, type CodeDeployRouting, type Scope, scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import type { InputOf } from '#wire/aws';
import { invalidBalancers, invalidPair, invalidRouting } from './errors.ts';

type BalancerInput = InputOf<typeof CodeDeploy, 'CreateDeploymentGroup'>['loadBalancerInfo'];

/** The one pair of target groups of a deployment group. */
export function balancingFrom(given: BalancerInput): CodeDeployBalancing {
  const { elbInfoList = [], targetGroupInfoList = [], targetGroupPairInfoList = [] } = given ?? {};
  if (elbInfoList.length + targetGroupInfoList.length > 0) {
    throw invalidBalancers('A deployment group of Amazon ECS takes targetGroupPairInfoList and nothing else.');
  }
  const [pair, ...more] = targetGroupPairInfoList;
  if (pair === undefined || more.length > 0) {
    throw invalidBalancers('A deployment group of Amazon ECS needs exactly one pair in targetGroupPairInfoList.');
  }
  const names = (pair.targetGroups ?? []).map(({ name = '' }) => name);
  const [first = '', second = ''] = names;
  if (names.length !== 2 || first === '' || second === '' || first === second) {
    throw invalidPair('A target group pair needs the names of exactly two target groups.');
  }
  const prodListenerArns = pair.prodTrafficRoute?.listenerArns ?? [];
  const testListenerArns = pair.testTrafficRoute?.listenerArns ?? [];
  if (prodListenerArns.length !== 1) throw invalidPair('prodTrafficRoute needs exactly one listener.');
  if (testListenerArns.length > 1) throw invalidPair('testTrafficRoute takes at most one listener.');
  if (testListenerArns.some((arn) => prodListenerArns.includes(arn))) {
    throw invalidPair('prodTrafficRoute and testTrafficRoute must name different listeners.');
  }
  return { targetGroupNames: [first, second], prodListenerArns, testListenerArns };
}

/** Its target groups and listeners are there. */
export function requireBalancing(
  view: RoadsteadView,
  scope: Scope,
  { targetGroupNames, prodListenerArns, testListenerArns }: CodeDeployBalancing,
): void {
  for (const name of targetGroupNames) {
    if (view.targetGroups.count('name', `${scopeKey(scope)}/${name}`) > 0) continue;
    throw invalidPair(`The target group ${name} does not exist.`);
  }
  for (const arn of [...prodListenerArns, ...testListenerArns]) {
    const listener = view.listeners.find(arn);
    if (listener !== undefined && scopeKey(listener) === scopeKey(scope)) continue;
    throw invalidPair(`The listener ${arn} does not exist.`);
  }
}

/** A Network Load Balancer moves all at once. Source: "Working with deployment configurations in CodeDeploy". */
export function requireRoutable(
  view: RoadsteadView,
  { prodListenerArns }: CodeDeployBalancing,
  routing: CodeDeployRouting,
): void {
  if (routing.type === 'AllAtOnce') return;
  for (const arn of prodListenerArns) {
    const listener = view.listeners.find(arn);
    const balancer = listener === undefined ? undefined : view.loadBalancers.find(listener.loadBalancerArn);
    if (balancer?.type !== 'network') continue;
    throw invalidRouting(
      'With a Network Load Balancer only CodeDeployDefault.ECSAllAtOnce, or a configuration like it, is supported.',
    );
  }
}

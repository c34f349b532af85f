import {
  byPriority,
  type Listener,
  type ListenerRule,
  type LoadBalancer,
  type Scope,
  scopeKey,
  type TargetGroup,
} from '#model';
import type { RoadsteadView } from '#store';
import {
  invalidConfiguration,
  listenerNotFound,
  loadBalancerNotFound,
  ruleNotFound,
  targetGroupNotFound,
  validationError,
} from './errors.ts';

/** Finds records of the caller by ARN; what belongs to others is not found. */

function own<R extends Scope>(record: R | undefined, scope: Scope): R | undefined {
  return record !== undefined && scopeKey(record) === scopeKey(scope) ? record : undefined;
}

function checkedArn(arn: string, kind: RegExp, what: string): string {
  if (!/^arn:[^:]*:elasticloadbalancing:/.test(arn) || !kind.test(arn)) {
    throw validationError(`'${arn}' is not a valid ${what} ARN`);
  }
  return arn;
}

export function getLoadBalancer(view: RoadsteadView, scope: Scope, arn: string): LoadBalancer {
  const found = own(view.loadBalancers.find(checkedArn(arn, /:loadbalancer\//, 'load balancer')), scope);
  if (found === undefined) throw loadBalancerNotFound(arn);
  return found;
}

export function findLoadBalancerByName(view: RoadsteadView, scope: Scope, name: string): LoadBalancer | undefined {
  return view.loadBalancers.newest('name', `${scopeKey(scope)}/${name}`);
}

export function getTargetGroup(view: RoadsteadView, scope: Scope, arn: string): TargetGroup {
  const found = own(view.targetGroups.find(checkedArn(arn, /:targetgroup\//, 'target group')), scope);
  if (found === undefined) throw targetGroupNotFound();
  return found;
}

export function findTargetGroupByName(view: RoadsteadView, scope: Scope, name: string): TargetGroup | undefined {
  return view.targetGroups.newest('name', `${scopeKey(scope)}/${name}`);
}

export function getListener(view: RoadsteadView, scope: Scope, arn: string): Listener {
  const found = own(view.listeners.find(checkedArn(arn, /:listener\//, 'listener')), scope);
  if (found === undefined) throw listenerNotFound();
  return found;
}

export function getRule(view: RoadsteadView, scope: Scope, arn: string): ListenerRule {
  const found = own(view.listenerRules.find(checkedArn(arn, /:listener-rule\//, 'listener rule')), scope);
  if (found === undefined) throw ruleNotFound();
  return found;
}

/** The rules of a listener as they are tried, the default rule last. */
export function rulesOf(view: RoadsteadView, { listenerArn }: Pick<Listener, 'listenerArn'>): readonly ListenerRule[] {
  return [...view.listenerRules.by('listener', listenerArn)].sort(byPriority);
}

export function defaultRuleOf(view: RoadsteadView, listener: Pick<Listener, 'listenerArn'>): ListenerRule {
  const rule = rulesOf(view, listener).at(-1);
  if (rule === undefined) throw invalidConfiguration(`Listener '${listener.listenerArn}' has no default rule`);
  return rule;
}

import type * as Ecs from '@aws-sdk/client-ecs';
import { networkModeOf } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { checkedRoleArn } from '../../role-arns.ts';
import { firstRepeated } from '../../task-definition/rules/rule.ts';
import { requireContainerPort, type Subject } from './subject.ts';

export type LoadBalancerInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['loadBalancers']>[number];
type AdvancedInput = NonNullable<LoadBalancerInput['advancedConfiguration']>;

/**
 * Checks the load balancers of a service as far as it can be done without them. Source: LoadBalancer and
 * AdvancedConfiguration in the API reference; most texts are observed or from "Troubleshooting Amazon ECS blue/green
 * deployments".
 */
export function checkLoadBalancers(balancers: readonly LoadBalancerInput[], subject: Subject): void {
  if (balancers.length === 0) return;
  if (subject.launchType === 'EXTERNAL') {
    throw invalidParameter('Load balancers are not supported with the EXTERNAL launch type.');
  }
  const groups = balancers.filter(({ targetGroupArn }) => given(targetGroupArn));
  const classic = balancers.filter(({ loadBalancerName }) => given(loadBalancerName));
  if (groups.some((balancer) => classic.includes(balancer))) throw eitherOr('specified');
  if (groups.length + classic.length < balancers.length) throw eitherOr('empty');
  if (groups.length > 0 && classic.length > 0) {
    throw invalidParameter(
      'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    );
  }
  if (classic.length > 0) checkClassic(classic, subject);
  checkTargetGroups(groups);
  for (const { containerName = '', containerPort } of balancers) {
    if (containerName === '' || containerPort === undefined) {
      throw invalidParameter('containerName and containerPort must be specified in all loadBalancer entries');
    }
    requireContainerPort(subject, containerName, containerPort);
  }
  checkAdvanced(groups, subject);
}

function eitherOr(both: 'specified' | 'empty'): Error {
  return invalidParameter(
    `loadBalancerName and targetGroupArn cannot both be ${both}. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries`,
  );
}

function given(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function checkClassic(balancers: readonly LoadBalancerInput[], { definition, launchType }: Subject): void {
  if (launchType === 'FARGATE') throw invalidParameter('Classic Load Balancers are not supported with Fargate');
  if (definition !== undefined && networkModeOf(definition) === 'awsvpc') {
    throw invalidParameter("Classic Load Balancers are not supported with networkMode 'awsvpc'");
  }
  if (balancers.some(({ advancedConfiguration }) => advancedConfiguration !== undefined)) {
    throw invalidParameter('advancedConfiguration field is not allowed with ELBv1 loadBalancers');
  }
  if (balancers.length > 1) throw invalidParameter('Classic load balancers can have at most 1 items.');
}

function checkTargetGroups(groups: readonly LoadBalancerInput[]): void {
  const arns = groups.flatMap(({ targetGroupArn, advancedConfiguration: advanced }) =>
    [targetGroupArn, advanced?.alternateTargetGroupArn].filter((arn) => given(arn)),
  );
  const repeated = firstRepeated(arns);
  if (repeated !== undefined) throw invalidParameter(`Duplicate targetGroupArn found: ${repeated}`);
  if (groups.length > limits.targetGroups) {
    throw invalidParameter(`load balancers can have at most ${limits.targetGroups} items.`);
  }
}

function checkAdvanced(groups: readonly LoadBalancerInput[], { strategy }: Subject): void {
  const configurations = groups.flatMap(({ advancedConfiguration: advanced }) =>
    advanced === undefined ? [] : [advanced],
  );
  if (configurations.length > 0 && configurations.length < groups.length) {
    throw invalidParameter('Either all or none of the provided loadBalancers must have advancedConfiguration defined');
  }
  if (configurations.length === 0 && strategy !== 'ROLLING') {
    throw invalidParameter(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  }
  for (const configuration of configurations) checkConfiguration(configuration);
  const production = new Set(configurations.map(({ productionListenerRule }) => productionListenerRule));
  const both = configurations.flatMap(({ testListenerRule: rule }) => (production.has(rule) ? [rule] : []));
  if (both.length === 0 || both[0] === undefined) return;
  throw invalidParameter(
    `The following rules cannot be used as both production and test listener rules: ${both.join(', ')}`,
  );
}

function checkConfiguration(configuration: AdvancedInput): void {
  const { productionListenerRule, testListenerRule, roleArn } = configuration;
  for (const member of ['alternateTargetGroupArn', 'productionListenerRule', 'roleArn'] as const) {
    if (!given(configuration[member])) {
      throw invalidParameter(`${member} is required when advancedConfiguration is defined`);
    }
  }
  checkRule('productionListenerRule', productionListenerRule);
  checkRule('testListenerRule', testListenerRule);
  checkedRoleArn('advancedConfiguration.roleArn', roleArn ?? '');
}

/** The rule of an Application Load Balancer's listener, or the listener of a Network Load Balancer. */
const rulePattern =
  /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:(listener-rule\/app(\/[^/]+){4}|listener\/net(\/[^/]+){3})$/;

function checkRule(member: 'productionListenerRule' | 'testListenerRule', arn: string | undefined): void {
  if (!given(arn) || rulePattern.test(arn)) return;
  throw invalidParameter(
    `${member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`,
  );
}

import { describe, it } from 'vitest';
import { expectServiceRule, type ServiceRule } from '../../../../../test/support/service-rules.ts';

const arn = (path: string) => `arn:aws:elasticloadbalancing:eu-west-1:111111111111:${path}`;
const group = (name: string) => arn(`targetgroup/${name}/0123456789abcdef`);
const to = { containerName: 'app', containerPort: 80 };
const blue = { targetGroupArn: group('blue'), ...to };
const other = { targetGroupArn: group('other'), ...to };
const classic = { loadBalancerName: 'old', ...to };
const production = arn('listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee');
const test = arn('listener-rule/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2/1111111111111111');
const listener = arn('listener/net/web/50dc6c495c0c9188/f2f7dc8efc522ab2');
const advanced = {
  alternateTargetGroupArn: group('green'),
  productionListenerRule: production,
  testListenerRule: test,
  roleArn: 'arn:aws:iam::111111111111:role/balancing',
};
const released = { ...blue, advancedConfiguration: advanced };
const blueGreen = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 };
const balancers = (...loadBalancers: object[]) => ({ loadBalancers });
const withAdvanced = (members: object) => balancers({ ...blue, advancedConfiguration: { ...advanced, ...members } });

const targetGroups: ServiceRule[] = [
  {
    rule: 'an entry has a name or a target group',
    refused: balancers({ ...blue, loadBalancerName: 'old' }),
    text: 'loadBalancerName and targetGroupArn cannot both be specified. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
    accepted: balancers(blue),
  },
  {
    rule: 'an entry has one of them',
    refused: balancers(to),
    text: 'loadBalancerName and targetGroupArn cannot both be empty. You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries',
    accepted: balancers(blue),
  },
  {
    rule: 'an entry names a container and a port',
    refused: balancers({ targetGroupArn: group('blue') }),
    text: 'containerName and containerPort must be specified in all loadBalancer entries',
    accepted: balancers(blue),
  },
  {
    rule: 'the container is in the definition',
    refused: balancers({ ...blue, containerName: 'nope' }),
    text: 'The container nope does not exist in the task definition.',
    accepted: balancers(blue),
  },
  {
    rule: 'the container has the port',
    refused: balancers({ ...blue, containerPort: 8080 }),
    text: 'The container app did not have a container port 8080 defined.',
    accepted: balancers({ ...blue, containerPort: 9000 }),
  },
  {
    rule: 'a target group is there once',
    refused: balancers(blue, { ...blue, containerPort: 9000 }),
    text: `Duplicate targetGroupArn found: ${group('blue')}`,
    accepted: balancers(blue, { ...other, containerPort: 9000 }),
  },
  {
    rule: 'at most five target groups',
    refused: balancers(...[1, 2, 3, 4, 5, 6].map((each) => ({ ...blue, targetGroupArn: group(`g${each}`) }))),
    text: 'load balancers can have at most 5 items.',
    accepted: balancers(...[1, 2, 3, 4, 5].map((each) => ({ ...blue, targetGroupArn: group(`g${each}`) }))),
  },
  {
    rule: 'load balancers are of one generation',
    refused: balancers(blue, classic),
    text: 'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    accepted: balancers(blue, other),
  },
  {
    rule: 'a service of several revisions says how its traffic is shifted',
    refused: { ...balancers(blue), deploymentConfiguration: blueGreen },
    text: 'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    accepted: { ...balancers(released), deploymentConfiguration: blueGreen },
  },
  {
    rule: 'all entries say it, or none',
    refused: { ...balancers(released, other), deploymentConfiguration: blueGreen },
    text: 'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
    accepted: balancers(blue, other),
  },
  {
    rule: 'there is a group to shift to',
    refused: withAdvanced({ alternateTargetGroupArn: undefined }),
    text: 'alternateTargetGroupArn is required when advancedConfiguration is defined',
    accepted: balancers(released),
  },
  {
    rule: 'there is a production rule',
    refused: withAdvanced({ productionListenerRule: undefined }),
    text: 'productionListenerRule is required when advancedConfiguration is defined',
    accepted: withAdvanced({ productionListenerRule: listener }),
  },
  {
    rule: 'there is a role to shift traffic with',
    refused: withAdvanced({ roleArn: undefined }),
    text: 'roleArn is required when advancedConfiguration is defined',
    accepted: withAdvanced({ testListenerRule: undefined }),
  },
  {
    rule: 'the role is the ARN of a role',
    refused: withAdvanced({ roleArn: 'balancing' }),
    text: 'advancedConfiguration.roleArn must be the ARN of an IAM role, but was balancing',
    accepted: balancers(released),
  },
  {
    rule: 'the group to shift to is another',
    refused: withAdvanced({ alternateTargetGroupArn: group('blue') }),
    text: `Duplicate targetGroupArn found: ${group('blue')}`,
    accepted: balancers(released),
  },
  {
    rule: 'the production rule is no listener of an Application Load Balancer',
    refused: withAdvanced({ productionListenerRule: arn('listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2') }),
    text: `productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn('listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2')}`,
    accepted: withAdvanced({ productionListenerRule: listener }),
  },
  {
    rule: 'the test rule is a rule too',
    refused: withAdvanced({ testListenerRule: group('blue') }),
    text: `testListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${group('blue')}`,
    accepted: withAdvanced({ testListenerRule: listener }),
  },
  {
    rule: 'one rule is not for production and test',
    refused: withAdvanced({ testListenerRule: production }),
    text: `The following rules cannot be used as both production and test listener rules: ${production}`,
    accepted: balancers(released),
  },
];

const classicOnes: ServiceRule[] = [
  {
    rule: 'Fargate has no Classic Load Balancer',
    refused: balancers(classic),
    text: 'Classic Load Balancers are not supported with Fargate',
  },
  {
    rule: 'awsvpc has no Classic Load Balancer',
    on: 'awsvpc',
    refused: balancers(classic),
    text: "Classic Load Balancers are not supported with networkMode 'awsvpc'",
  },
  {
    rule: 'a Classic Load Balancer shifts no traffic',
    on: 'bridge',
    refused: balancers({ ...classic, advancedConfiguration: advanced }),
    text: 'advancedConfiguration field is not allowed with ELBv1 loadBalancers',
    accepted: balancers(classic),
  },
  {
    rule: 'one Classic Load Balancer',
    on: 'bridge',
    refused: balancers(classic, { ...classic, loadBalancerName: 'older' }),
    text: 'Classic load balancers can have at most 1 items.',
    accepted: balancers(classic),
  },
];

const external: ServiceRule = {
  rule: 'external instances have no load balancers',
  on: 'external',
  refused: balancers(blue),
  text: 'Load balancers are not supported with the EXTERNAL launch type.',
};

const roles: ServiceRule[] = [
  {
    rule: 'a role is for load balancers',
    refused: { role: 'balancing' },
    text: 'IAM roles are only valid for services configured to use load balancers.',
    operations: ['CreateService'],
  },
  {
    rule: 'awsvpc needs the service-linked role',
    refused: { ...balancers(blue), role: 'balancing' },
    text: 'You cannot specify an IAM role for services that require a service linked role.',
    accepted: balancers(blue),
    operations: ['CreateService'],
  },
  {
    rule: 'several target groups need the service-linked role',
    on: 'bridge',
    refused: { ...balancers(blue, other), role: 'balancing' },
    text: 'You cannot specify an IAM role for services that require a service linked role.',
    accepted: { ...balancers(blue), role: 'balancing' },
    operations: ['CreateService'],
  },
];

const missing: ServiceRule[] = [
  {
    rule: 'a target group has no load balancer',
    refused: balancers(blue),
    text: `The target group with targetGroupArn ${group('blue')} does not have an associated load balancer.`,
    accepted: balancers(),
  },
  {
    rule: 'there are no Classic Load Balancers',
    on: 'bridge',
    refused: balancers(classic),
    code: 'UnsupportedFeatureException',
    text: 'Classic Load Balancers are not part of this version of Roadstead. Use a target group of an Application Load Balancer or Network Load Balancer.',
    accepted: balancers(),
  },
];

/** What a request comes to whose load balancers are worded well: they do not exist, or are Classic ones. */
const reached = /does not have an associated load balancer|Classic Load Balancers are not part of this version/;

describe('load balancers', () => {
  it.each([...targetGroups, ...classicOnes, external, ...roles])('$rule', async (rule) => {
    await expectServiceRule(rule, reached);
  });

  it.each(missing)('$rule', (rule) => expectServiceRule(rule));
});

import type * as ElasticLoadBalancing from '@aws-sdk/client-elastic-load-balancing-v2';
import type { InputOf } from '#wire/aws';
import type { AccessRequest, ServiceToken } from '../operation.ts';

/** The Elastic Load Balancing API, version 2015-12-01: Application and Network Load Balancers. */
export const elbv2: ServiceToken<typeof ElasticLoadBalancing> = { service: 'elasticloadbalancingv2' };

type Elb = typeof ElasticLoadBalancing;

export type CreateLoadBalancerInput = InputOf<Elb, 'CreateLoadBalancer'>;
export type CreateTargetGroupInput = InputOf<Elb, 'CreateTargetGroup'>;
export type CreateListenerInput = InputOf<Elb, 'CreateListener'>;
export type ModifyListenerInput = InputOf<Elb, 'ModifyListener'>;
export type ActionInput = NonNullable<CreateListenerInput['DefaultActions']>[number];
export type ConditionInput = NonNullable<InputOf<Elb, 'CreateRule'>['Conditions']>[number];
export type TargetInput = NonNullable<InputOf<Elb, 'RegisterTargets'>['Targets']>[number];
export type TagInput = NonNullable<InputOf<Elb, 'AddTags'>['Tags']>[number];

/** The access that an operation needs, on a resource or on whatever there is. */
export function access(operation: string, resource = '*'): AccessRequest {
  return { action: `elasticloadbalancing:${operation}`, resource };
}

import type { Ids, Instant } from '#base';
import type { Scope } from '../arn.ts';
import type { Tag } from '../tags.ts';
import { balancerPath, elbArn } from './load-balancer.ts';

export type ListenerProtocol = 'HTTP' | 'HTTPS' | 'TCP' | 'TLS' | 'UDP' | 'TCP_UDP';

/** Its default actions are those of its default rule. */
export interface Listener extends Scope {
  readonly listenerArn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: ListenerProtocol;
  readonly sslPolicy?: string;
  readonly alpnPolicy?: string;
  /** HTTPS and TLS. */
  readonly defaultCertificateArn?: string;
  readonly certificateArns: readonly string[];
  /** Those that were changed. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

/** All must hold; of the values of one, any. */
export type RuleCondition =
  | { readonly field: 'host-header' | 'path-pattern'; readonly values: readonly string[]; readonly regex?: true }
  | { readonly field: 'http-header'; readonly name: string; readonly values: readonly string[]; readonly regex?: true }
  | { readonly field: 'http-request-method' | 'source-ip'; readonly values: readonly string[] }
  | { readonly field: 'query-string'; readonly values: readonly { readonly key?: string; readonly value: string }[] };

export interface WeightedTargetGroup {
  readonly targetGroupArn: string;
  /** 0 to 999. */
  readonly weight: number;
}

export type ListenerAction =
  | {
      readonly type: 'forward';
      readonly targetGroups: readonly WeightedTargetGroup[];
      /** Clients stay with the target group they met first, seconds. */
      readonly stickinessSeconds?: number;
    }
  | {
      readonly type: 'redirect';
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
      readonly statusCode: 'HTTP_301' | 'HTTP_302';
    }
  | {
      readonly type: 'fixed-response';
      readonly statusCode: string;
      readonly contentType?: string;
      readonly messageBody?: string;
    };

export interface ListenerRule extends Scope {
  readonly ruleArn: string;
  readonly listenerArn: string;
  /** 1 to 50,000, lowest first; the default rule comes last and has no conditions. */
  readonly priority: number | 'default';
  readonly conditions: readonly RuleCondition[];
  readonly action: ListenerAction;
  readonly tags: readonly Tag[];
  readonly createdAt: Instant;
}

export function newListenerArn(scope: Scope, loadBalancerArn: string, ids: Ids): string {
  return elbArn(scope, `listener/${balancerPath(loadBalancerArn)}/${ids.hex(16)}`);
}

export function newRuleArn(scope: Scope, listenerArn: string, ids: Ids): string {
  return elbArn(scope, `listener-rule/${balancerPath(listenerArn)}/${ids.hex(16)}`);
}

/** The target groups that an action forwards to, also those of weight 0. */
export function targetGroupsOf(action: ListenerAction): readonly string[] {
  return action.type === 'forward' ? action.targetGroups.map(({ targetGroupArn }) => targetGroupArn) : [];
}

/** Rules as they are tried. */
export function byPriority(a: Pick<ListenerRule, 'priority'>, b: Pick<ListenerRule, 'priority'>): number {
  const rank = ({ priority }: Pick<ListenerRule, 'priority'>): number =>
    priority === 'default' ? Number.MAX_SAFE_INTEGER : priority;
  return rank(a) - rank(b);
}

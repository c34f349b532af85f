import type { Attributes } from '#model';
import { invalidConfiguration, notHere } from './errors.ts';

interface AttributeInput {
  readonly Key?: string;
  readonly Value?: string;
}

const flag = /^(true|false)$/;
const text = /^[\s\S]*$/;
const count = /^(off|[1-9]\d*)$/;
const percent = /^(off|[1-9]|[1-9]\d|100)$/;

/** What cannot be turned on; access logs can, of load balancers that write some. */
const notServed = /^(connection|health_check)_logs\.s3\.enabled$|^zonal_shift|^waf\./;

/** What each attribute may be: a pattern, or the least and the greatest of a number. */
const allowed: Readonly<Record<string, RegExp | readonly [number, number]>> = {
  'idle_timeout.timeout_seconds': [1, 4000],
  'client_keep_alive.seconds': [60, 604_800],
  'routing.http.xff_header_processing.mode': /^(append|preserve|remove)$/,
  'routing.http.desync_mitigation_mode': /^(monitor|defensive|strictest)$/,
  'dns_record.client_routing_policy':
    /^(availability_zone_affinity|partial_availability_zone_affinity|any_availability_zone)$/,
  'secondary_ips.auto_assigned.per_subnet': [0, 7],
  'deregistration_delay.timeout_seconds': [0, 3600],
  'stickiness.type': /^(lb_cookie|app_cookie|source_ip)$/,
  'stickiness.lb_cookie.duration_seconds': [1, 604_800],
  'stickiness.app_cookie.duration_seconds': [1, 604_800],
  'slow_start.duration_seconds': /^(0|[3-9]\d|[1-8]\d\d|900)$/,
  'load_balancing.algorithm.type': /^(round_robin|least_outstanding_requests|weighted_random)$/,
  'load_balancing.algorithm.anomaly_mitigation': /^(on|off)$/,
  'target_group_health.dns_failover.minimum_healthy_targets.count': count,
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': percent,
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': [1, 1000],
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': percent,
  'target_health_state.unhealthy.draining_interval_seconds': [0, 360_000],
  'tcp.idle_timeout.seconds': [60, 6000],
};

function patternOf(key: string): RegExp | readonly [number, number] {
  // Of a group; a balancer's is a plain flag.
  if (key === 'load_balancing.cross_zone.enabled') return /^(true|false|use_load_balancer_configuration)$/;
  return allowed[key] ?? (key.endsWith('.enabled') ? flag : text);
}

/**
 * The changed attributes after a request. `current` are all there are, with their values; a key that is not among them is not one
 * of the type. InvalidConfigurationRequest for a key or a value that cannot be.
 */
export function changedAttributes(
  changed: Attributes,
  current: Attributes,
  inputs: readonly AttributeInput[],
  of: 'Load balancer' | 'Target group' | 'Listener',
): Attributes {
  const after: Record<string, string> = { ...changed };
  const seen = new Set<string>();
  for (const { Key = '', Value = '' } of inputs) {
    if (!(Key in current)) throw invalidConfiguration(`${of} attribute key '${Key}' is not recognized`);
    if (seen.has(Key)) throw invalidConfiguration(`${of} attribute key '${Key}' is specified more than once`);
    seen.add(Key);
    if (!matches(Value, patternOf(Key))) {
      throw invalidConfiguration(`'${Value}' is not valid for ${of.toLowerCase()} attribute key '${Key}'`);
    }
    if (Value === 'true' && notServed.test(Key)) throw notHere(`'${Key}'`);
    after[Key] = Value;
  }
  return after;
}

function matches(value: string, pattern: RegExp | readonly [number, number]): boolean {
  if (pattern instanceof RegExp) return pattern.test(value);
  return /^\d{1,9}$/.test(value) && Number(value) >= pattern[0] && Number(value) <= pattern[1];
}

/** As the API shows them. */
export function presentAttributes(attributes: Attributes): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));
}

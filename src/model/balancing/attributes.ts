import type { Listener, ListenerProtocol } from './listener.ts';
import type { LoadBalancer, LoadBalancerType } from './load-balancer.ts';
import type { TargetGroup } from './target-group.ts';

/** Attributes by AWS's keys. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * Every attribute of load balancers, listeners and target groups, with the value it has until somebody changes it, in the order in
 * which AWS tells them. Source: LoadBalancerAttribute, ListenerAttribute and TargetGroupAttribute in the API reference.
 */
const balancerDefaults: Readonly<Record<LoadBalancerType, Attributes>> = {
  application: {
    'access_logs.s3.enabled': 'false',
    'access_logs.s3.bucket': '',
    'access_logs.s3.prefix': '',
    'idle_timeout.timeout_seconds': '60',
    'deletion_protection.enabled': 'false',
    'routing.http2.enabled': 'true',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
    'routing.http.xff_client_port.enabled': 'false',
    'routing.http.preserve_host_header.enabled': 'false',
    'routing.http.xff_header_processing.mode': 'append',
    'load_balancing.cross_zone.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'defensive',
    'client_keep_alive.seconds': '3600',
    'waf.fail_open.enabled': 'false',
    'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'false',
    'zonal_shift.config.enabled': 'false',
    'connection_logs.s3.enabled': 'false',
    'connection_logs.s3.bucket': '',
    'connection_logs.s3.prefix': '',
    'health_check_logs.s3.enabled': 'false',
    'health_check_logs.s3.bucket': '',
    'health_check_logs.s3.prefix': '',
  },
  network: {
    'access_logs.s3.enabled': 'false',
    'access_logs.s3.bucket': '',
    'access_logs.s3.prefix': '',
    'deletion_protection.enabled': 'false',
    'load_balancing.cross_zone.enabled': 'false',
    'dns_record.client_routing_policy': 'any_availability_zone',
    'secondary_ips.auto_assigned.per_subnet': '0',
    'zonal_shift.config.enabled': 'false',
  },
};

const groupHealth: Attributes = {
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
};

const httpGroup: Attributes = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'false',
  'stickiness.type': 'lb_cookie',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'stickiness.app_cookie.cookie_name': '',
  'stickiness.app_cookie.duration_seconds': '86400',
  'slow_start.duration_seconds': '0',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.algorithm.anomaly_mitigation': 'off',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  ...groupHealth,
};

const connectionGroup: Attributes = {
  'deregistration_delay.timeout_seconds': '300',
  'deregistration_delay.connection_termination.enabled': 'false',
  'stickiness.enabled': 'false',
  'stickiness.type': 'source_ip',
  'proxy_protocol_v2.enabled': 'false',
  'preserve_client_ip.enabled': 'true',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'target_health_state.unhealthy.connection_termination.enabled': 'true',
  'target_health_state.unhealthy.draining_interval_seconds': '0',
  ...groupHealth,
};

const responseHeaders: Attributes = Object.fromEntries([
  ['routing.http.response.server.enabled', 'true'],
  ...[
    'strict_transport_security',
    'access_control_allow_origin',
    'access_control_allow_methods',
    'access_control_allow_headers',
    'access_control_allow_credentials',
    'access_control_expose_headers',
    'access_control_max_age',
    'content_security_policy',
    'x_content_type_options',
    'x_frame_options',
  ].map((header) => [`routing.http.response.${header}.header_value`, '']),
]);

const requestHeaders: Attributes = Object.fromEntries(
  [
    'x_amzn_mtls_clientcert_serial_number',
    'x_amzn_mtls_clientcert_issuer',
    'x_amzn_mtls_clientcert_subject',
    'x_amzn_mtls_clientcert_validity',
    'x_amzn_mtls_clientcert_leaf',
    'x_amzn_mtls_clientcert',
    'x_amzn_tls_version',
    'x_amzn_tls_cipher_suite',
  ].map((header) => [`routing.http.request.${header}.header_name`, '']),
);

const listenerDefaults: Readonly<Record<ListenerProtocol, Attributes>> = {
  HTTP: responseHeaders,
  HTTPS: { ...requestHeaders, ...responseHeaders },
  TCP: { 'tcp.idle_timeout.seconds': '350' },
  TLS: {},
  UDP: {},
  TCP_UDP: { 'tcp.idle_timeout.seconds': '350' },
};

/** All attributes of a load balancer, every key of its type. */
export function balancerAttributes({ type, attributes }: Pick<LoadBalancer, 'type' | 'attributes'>): Attributes {
  return { ...balancerDefaults[type], ...attributes };
}

export function listenerAttributes({ protocol, attributes }: Pick<Listener, 'protocol' | 'attributes'>): Attributes {
  return { ...listenerDefaults[protocol], ...attributes };
}

export function targetGroupAttributes(group: Pick<TargetGroup, 'protocol' | 'targetType' | 'attributes'>): Attributes {
  return { ...groupDefaults(group), ...group.attributes };
}

/** Clients' addresses are kept but for connections to targets that are addresses. Source: "Client IP preservation". */
function groupDefaults({ protocol, targetType }: Pick<TargetGroup, 'protocol' | 'targetType'>): Attributes {
  if (protocol === 'HTTP' || protocol === 'HTTPS') return httpGroup;
  const connections = protocol === 'TCP' || protocol === 'TLS';
  return {
    ...connectionGroup,
    'deregistration_delay.connection_termination.enabled': String(!connections),
    'preserve_client_ip.enabled': String(targetType === 'instance' || !connections),
  };
}

/** How long a target keeps what it has after it was deregistered, seconds. */
export function deregistrationDelaySeconds(group: Pick<TargetGroup, 'protocol' | 'targetType' | 'attributes'>): number {
  return Number(targetGroupAttributes(group)['deregistration_delay.timeout_seconds']);
}

import type { ProtocolVersion, TargetGroupProtocol, TargetHealthCheck } from '#model';
import { invalidConfiguration, validationError } from './errors.ts';
import type { CreateTargetGroupInput } from './service.ts';

export type HealthCheckInput = Pick<
  CreateTargetGroupInput,
  | 'HealthCheckProtocol'
  | 'HealthCheckPort'
  | 'HealthCheckEnabled'
  | 'HealthCheckPath'
  | 'HealthCheckIntervalSeconds'
  | 'HealthCheckTimeoutSeconds'
  | 'HealthyThresholdCount'
  | 'UnhealthyThresholdCount'
  | 'Matcher'
>;

export interface Checked {
  readonly protocol: TargetGroupProtocol;
  readonly protocolVersion?: ProtocolVersion;
}

/** How a group checks its targets until somebody says otherwise. Source: CreateTargetGroup and "Health checks" in both guides. */
function defaultsOf(group: Checked, asked: TargetHealthCheck['protocol'] | undefined): TargetHealthCheck {
  const http = isHttp(group);
  const protocol = asked ?? (http ? 'HTTP' : 'TCP');
  const grpc = group.protocolVersion === 'GRPC';
  const counts = {
    enabled: true,
    port: 'traffic-port',
    intervalSeconds: 30,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
  };
  if (protocol === 'TCP') return { ...counts, protocol, timeoutSeconds: 10 };
  return {
    ...counts,
    protocol,
    path: grpc ? '/AWS.ALB/healthcheck' : '/',
    timeoutSeconds: http ? 5 : 6,
    matcher: grpc ? '12' : http ? '200' : '200-399',
  };
}

/** The health check of a new group, or of one that is changed (`before`). */
export function checkedHealthCheck(
  input: HealthCheckInput,
  group: Checked,
  before?: TargetHealthCheck,
): TargetHealthCheck {
  const protocol = checkedProtocol(input.HealthCheckProtocol, group);
  if (input.HealthCheckEnabled === false) {
    throw invalidConfiguration(
      "Health checks cannot be disabled for target groups with target type 'instance' or 'ip'",
    );
  }
  const same = before !== undefined && (protocol === undefined || protocol === before.protocol);
  const base = same ? before : defaultsOf(group, protocol);
  const path = input.HealthCheckPath;
  const matcher = matcherOf(input, group);
  const check: TargetHealthCheck = {
    ...base,
    ...(input.HealthCheckPort === undefined ? {} : { port: checkedPort(input.HealthCheckPort) }),
    intervalSeconds: inRange(input.HealthCheckIntervalSeconds, base.intervalSeconds, [5, 300], 'interval'),
    timeoutSeconds: inRange(input.HealthCheckTimeoutSeconds, base.timeoutSeconds, [2, 120], 'timeout'),
    healthyThreshold: inRange(input.HealthyThresholdCount, base.healthyThreshold, [2, 10], 'healthy threshold count'),
    unhealthyThreshold: inRange(
      input.UnhealthyThresholdCount,
      base.unhealthyThreshold,
      [2, 10],
      'unhealthy threshold count',
    ),
    ...(path === undefined || path === '' ? {} : { path: checkedPath(path, base) }),
    ...(matcher === undefined ? {} : { matcher: checkedMatcher(matcher, group, base) }),
  };
  if (check.timeoutSeconds >= check.intervalSeconds && isHttp(group)) {
    throw validationError(
      `Health check timeout '${check.timeoutSeconds}' must be smaller than the interval '${check.intervalSeconds}'`,
    );
  }
  return check;
}

function isHttp({ protocol }: Checked): boolean {
  return protocol === 'HTTP' || protocol === 'HTTPS';
}

function checkedProtocol(asked: string | undefined, group: Checked): TargetHealthCheck['protocol'] | undefined {
  if (asked === undefined) return undefined;
  const allowed = isHttp(group) ? ['HTTP', 'HTTPS'] : ['HTTP', 'HTTPS', 'TCP'];
  if (allowed.includes(asked)) return asked as TargetHealthCheck['protocol'];
  throw validationError(`Health check protocol '${asked}' must be one of '${allowed.join(', ')}'`);
}

function checkedPort(port: string): string {
  const number = Number(port);
  if (port === 'traffic-port' || (/^\d{1,5}$/.test(port) && number >= 1 && number <= 65_535)) return port;
  throw validationError(`Health check port '${port}' must be 'traffic-port' or a number between 1 and 65535`);
}

function inRange(
  asked: number | undefined,
  otherwise: number,
  [least, most]: readonly [number, number],
  what: string,
): number {
  if (asked === undefined) return otherwise;
  if (asked < least || asked > most) {
    throw validationError(`Health check ${what} must be between '${least}' and '${most}' inclusive`);
  }
  return asked;
}

function checkedPath(path: string, { protocol }: TargetHealthCheck): string {
  if (protocol === 'TCP')
    throw invalidConfiguration('Health check path is not supported for the health check protocol TCP');
  if (path.startsWith('/') && path.length <= 1024) return path;
  throw validationError(`Health check path '${path}' must begin with a '/' character`);
}

function matcherOf({ Matcher }: HealthCheckInput, { protocolVersion }: Checked): string | undefined {
  return protocolVersion === 'GRPC' ? Matcher?.GrpcCode : Matcher?.HttpCode;
}

function checkedMatcher(
  matcher: string,
  { protocolVersion, ...group }: Checked,
  { protocol }: TargetHealthCheck,
): string {
  if (protocol === 'TCP') throw invalidConfiguration('A matcher is not supported for the health check protocol TCP');
  const [least, most] = protocolVersion === 'GRPC' ? [0, 99] : [200, isHttp(group) ? 499 : 599];
  const fits = matcher.split(',').every((part) => {
    const [from = '', to = from, ...more] = part.trim().split('-');
    const ends = [from, to].map(Number);
    const numbers = /^\d{1,3}$/.test(from) && /^\d{1,3}$/.test(to) && more.length === 0;
    return numbers && ends.every((code) => code >= least && code <= most) && Number(from) <= Number(to);
  });
  if (fits) return matcher;
  throw validationError(
    `Health check matcher '${matcher}' must be codes or ranges of codes between '${least}' and '${most}'`,
  );
}

/** The members of a target group that tell of its health check. */
export function presentHealthCheck(check: TargetHealthCheck, { protocolVersion }: Checked) {
  const { path, matcher } = check;
  return {
    HealthCheckProtocol: check.protocol,
    HealthCheckPort: check.port,
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.intervalSeconds,
    HealthCheckTimeoutSeconds: check.timeoutSeconds,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    ...(path === undefined ? {} : { HealthCheckPath: path }),
    ...(matcher === undefined
      ? {}
      : { Matcher: protocolVersion === 'GRPC' ? { GrpcCode: matcher } : { HttpCode: matcher } }),
  };
}

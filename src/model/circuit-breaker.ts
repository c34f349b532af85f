/** What a service wants of the deployment circuit breaker, as it was requested. */
export interface DeploymentCircuitBreaker {
  readonly enable: boolean;
  readonly rollback: boolean;
  /** Absent: true. A task that becomes healthy sets the count back to 0. */
  readonly resetOnHealthyTask?: boolean;
  /** Absent: BOUNDED_PERCENT of 50. */
  readonly thresholdConfiguration?: CircuitBreakerThreshold;
}

/** Percent values are 1 to 100, of the desired count. */
export interface CircuitBreakerThreshold {
  readonly type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT';
  readonly value: number;
}

/** Source: "How the Amazon ECS deployment circuit breaker detects failures". */
const defaultThreshold: CircuitBreakerThreshold = { type: 'BOUNDED_PERCENT', value: 50 };
const boundedMin = 3;
const boundedMax = 200;

/**
 * Failed tasks at which the circuit breaker opens, with as many tasks wanted as now. At least 1: of no tasks a percentage
 * is 0, which would fail every deployment before it began.
 */
export function breakerThreshold(
  breaker: Pick<DeploymentCircuitBreaker, 'thresholdConfiguration'>,
  desiredCount: number,
): number {
  const { type, value } = breaker.thresholdConfiguration ?? defaultThreshold;
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  if (type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(boundedMax, Math.max(boundedMin, share));
}

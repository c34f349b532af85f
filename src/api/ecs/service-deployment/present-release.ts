import type { LifecycleHookState, LifecycleStage, ReleaseStage, ServiceDeployment } from '#model';

/** What DescribeServiceDeployments shows of the stages and hooks of a service deployment; nothing of one that rolls. */
export function presentRelease({ stage, lifecycleHooks }: ServiceDeployment) {
  return {
    ...(stage === undefined ? {} : { lifecycleStage: shown(stage.lifecycleStage) }),
    ...(lifecycleHooks === undefined ? {} : { lifecycleHookDetails: lifecycleHooks.map(presentHook) }),
  };
}

/** ECS shows no PRE_PRODUCTION_TRAFFIC_SHIFT: it is how each step of the shift begins. */
function shown(stage: LifecycleStage): Exclude<LifecycleStage, 'PRE_PRODUCTION_TRAFFIC_SHIFT'> {
  return stage === 'PRE_PRODUCTION_TRAFFIC_SHIFT' ? 'PRODUCTION_TRAFFIC_SHIFT' : stage;
}

function presentHook({ hookId, targetType, status, expiresAt, timeoutAction }: LifecycleHookState) {
  return { hookId, targetType, status, expiresAt, timeoutAction };
}

/** The share of the traffic that a revision is to have. */
export function presentWeights({ production, test }: ReleaseStage['weights']) {
  return { requestedTestTrafficWeight: test, requestedProductionTrafficWeight: production };
}

/** Of a source: the one released from has what the target has not, others have nothing. */
export function sourceWeights({ weights }: ReleaseStage, isReleasedFrom: boolean): ReleaseStage['weights'] {
  if (!isReleasedFrom) return { production: 0, test: 0 };
  return { production: rest(weights.production), test: rest(weights.test) };
}

/** In tenths, so that 100 - 33.4 is 66.6. */
function rest(percent: number): number {
  return (1000 - Math.round(percent * 10)) / 10;
}

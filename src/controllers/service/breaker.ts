import { breakerThreshold, type Deployment, type Service } from '#model';

/** Whether the circuit breaker is on and so many tasks of the deployment failed that it opens. */
export function isBroken(service: Service, deployment: Deployment): boolean {
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  if (!breaker.enable || deployment.rolloutState !== 'IN_PROGRESS') return false;
  return deployment.failedTasks >= breakerThreshold(breaker, service.desiredCount);
}

import { type ContainerInstance, healthChecksOf, overallHealth } from '#model';

/** `healthStatus` of a container instance. Source: "ContainerInstanceHealthStatus". */
export function presentHealth(instance: ContainerInstance) {
  const details = healthChecksOf(instance);
  return { overallStatus: overallHealth(details), details: [...details] };
}

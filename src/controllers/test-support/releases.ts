import type { DeploymentConfiguration, LifecycleHook, LifecycleStage, ServiceDeployment } from '#model';
import { rolling } from './records.ts';
import { type ServiceWorld, steadyWorld } from './service-world.ts';

/** Milliseconds. */
export const minute = 60_000;
/** The circuit breaker with rollback. */
export const breaker = { enable: true, rollback: true };

/** A hook that waits for an answer, half an hour unless `timeout` says otherwise. */
export function pause(
  stages: readonly LifecycleStage[],
  timeout: Partial<LifecycleHook['timeoutConfiguration']> = {},
): LifecycleHook {
  return {
    targetType: 'PAUSE',
    lifecycleStages: stages,
    timeoutConfiguration: { timeoutInMinutes: 30, action: 'ROLLBACK', ...timeout },
  };
}

/** Bakes for ten minutes. */
export const blueGreen = (more: Partial<DeploymentConfiguration> = {}): DeploymentConfiguration => ({
  ...rolling(100, 200, breaker),
  strategy: 'BLUE_GREEN',
  bakeTimeInMinutes: 10,
  ...more,
});

/** A steady service of three tasks, which is configured so from now on. */
export function worldWith(configuration: DeploymentConfiguration): ServiceWorld {
  const world = steadyWorld({ service: { desiredCount: 3 } });
  world.change({ deploymentConfiguration: configuration });
  world.advanceMs(1);
  return world;
}

/** Agents and decisions in turn, without time passing; gives the stages that were gone through. */
export function go(world: ServiceWorld, record: ServiceDeployment): string[] {
  const seen: string[] = [];
  for (let turn = 0; turn < 12; turn++) {
    world.settle(60, () => {
      const now = world.serviceDeployment(record).stage?.lifecycleStage ?? 'none';
      if (seen.at(-1) !== now) seen.push(now);
    });
    world.agents();
  }
  return seen;
}

/** Where the release stands; `undefined` before it was looked at. */
export function stageOf(world: ServiceWorld, record: ServiceDeployment): string | undefined {
  return world.serviceDeployment(record).stage?.lifecycleStage;
}

/** All that wait are answered so. */
export function answer(world: ServiceWorld, record: ServiceDeployment, status: 'SUCCEEDED' | 'FAILED'): void {
  world.answerHooks(record, status);
}

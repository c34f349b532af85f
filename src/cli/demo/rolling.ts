import { elapsedMs } from '#base';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import { waitFor } from '../waiting.ts';
import { type SampleBalancer, waitForTargets } from './sample-balancer.ts';
import { registerVersion, type SampleRevision } from './sample-definition.ts';
import { type DescribedTask, sampleCluster, sampleService, waitForTasks } from './sample-service.ts';
import { Load, requireAnswered, type Traffic } from './traffic.ts';

/** What happened while a new version took the place of another. */
export interface Rollout {
  readonly from: SampleRevision;
  readonly to: SampleRevision;
  readonly traffic: Traffic;
  /** From the update until nothing of the old version was left behind the load balancer. */
  readonly milliseconds: number;
  readonly tasks: readonly DescribedTask[];
}

const completedTimeoutMs = 60_000;
const intervalMs = 200;

/** Rolls a new version out while requests go on; throws Failure when one of them fails. */
export async function rollUnderLoad(
  invocation: Invocation,
  controlPlane: ControlPlane,
  { balancer, from }: { readonly balancer: SampleBalancer; readonly from: SampleRevision },
  say: Say,
): Promise<Rollout> {
  const { deps } = invocation;
  const to = await registerVersion(controlPlane, from.version + 1);
  const load = new Load(deps, balancer.url);
  const saying: Say = (text) => {
    const { sent, failed } = load.traffic;
    say(`version ${from.version} to ${to.version}: ${text}; ${sent} requests, ${failed} failed`);
  };
  const startedAt = deps.clock.now();
  let tasks: readonly DescribedTask[];
  try {
    await controlPlane.ecs('UpdateService', { cluster: sampleCluster, service: sampleService, taskDefinition: to.arn });
    tasks = await waitForTasks(invocation, controlPlane, saying, (running) =>
      running.every(({ taskDefinitionArn }) => taskDefinitionArn === to.arn),
    );
    await waitForTargets(invocation, controlPlane, balancer, tasks, saying);
    await waitUntilCompleted(invocation, controlPlane);
  } finally {
    await load.stop();
  }
  const { traffic } = load;
  requireAnswered(`version ${to.version} was rolled out`, traffic);
  return { from, to, traffic, milliseconds: elapsedMs(startedAt, deps.clock.now()), tasks };
}

async function waitUntilCompleted({ deps }: Invocation, { ecs }: ControlPlane): Promise<void> {
  let reason = '';
  const wait = { timeoutMs: completedTimeoutMs, intervalMs, signal: deps.signal };
  const completed = await waitFor(deps.clock, wait, async () => {
    const { services } = await ecs('DescribeServices', { cluster: sampleCluster, services: [sampleService] });
    const [deployment, ...others] = services?.[0]?.deployments ?? [];
    reason = deployment?.rolloutStateReason ?? '';
    return deployment?.rolloutState === 'COMPLETED' && others.length === 0 ? true : undefined;
  });
  if (completed !== undefined) return;
  throw new Failure('the deployment is not completed', { exitCode: exitCodes.timedOut, why: reason });
}

/** Answers by the version that gave them. */
export function answersByVersion({ answers }: Traffic): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const [text, count] of answers) {
    const version = Number(/, version (\d+)$/.exec(text)?.[1] ?? 0);
    counts.set(version, (counts.get(version) ?? 0) + count);
  }
  return counts;
}

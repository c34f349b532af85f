import { elapsedMs } from '#base';
import type { ControlPlane } from '../control-plane.ts';
import { containerNameLabel, killContainer, listContainers, taskArnLabel } from '../engine/containers.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import { sampleContainer } from './sample-definition.ts';
import { type DescribedTask, shortTaskId, waitForTasks } from './sample-service.ts';
import { callTask, type TaskAnswer } from './task-call.ts';

/** What happened after one container was killed. */
export interface Healing {
  readonly killedTaskArn: string;
  readonly replacement: TaskAnswer;
  /** From the kill until the replacement answered a call. */
  readonly milliseconds: number;
  readonly tasks: readonly DescribedTask[];
}

/** Kills the container of one task as a crash would, and waits until another task answers in its place. */
export async function killAndWatch(
  invocation: Invocation,
  controlPlane: ControlPlane,
  before: readonly DescribedTask[],
  say: Say,
): Promise<Healing> {
  const { clock, engine } = invocation.deps;
  const [victim] = before;
  const killedTaskArn = victim?.taskArn ?? '';
  const containers = await listContainers(engine, `${taskArnLabel}=${killedTaskArn}`);
  const container = containers.find(({ running, labels }) => running && labels[containerNameLabel] === sampleContainer);
  if (victim === undefined || container === undefined) {
    throw new Failure(`no container of task ${victim === undefined ? '' : shortTaskId(victim)} runs on this engine`, {
      next: 'docker ps shows what does',
    });
  }
  const known = new Set(before.map(({ taskArn }) => taskArn));
  const killedAt = clock.now();
  await killContainer(engine, container.id);
  const saying: Say = (counts) => say(`killed task ${shortTaskId(victim)}: ${counts}`);
  const tasks = await waitForTasks(invocation, controlPlane, saying, (running) =>
    running.every(({ taskArn }) => taskArn !== killedTaskArn),
  );
  const newcomer = tasks.find(({ taskArn }) => !known.has(taskArn));
  if (newcomer === undefined) throw new Failure('the killed task was not replaced');
  const replacement = await callTask(invocation, controlPlane, newcomer);
  const milliseconds = elapsedMs(killedAt, clock.now());
  return { killedTaskArn, replacement, milliseconds, tasks };
}

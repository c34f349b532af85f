import { elapsedMs, Fault } from '#base';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { waitFor } from '../waiting.ts';
import { samplePort } from './sample-image.ts';
import { type DescribedTask, listTasks, shortTaskId } from './sample-service.ts';

const answerTimeoutMs = 20_000;

/** One answered call of a task. */
export interface TaskAnswer {
  readonly taskArn: string;
  readonly url: string;
  readonly body: string;
  readonly milliseconds: number;
}

/** A task that was said to run has ended: after a restart the control plane may learn of an end late. */
export class TaskEnded extends Error {
  override readonly name = 'TaskEnded';
}

/**
 * Calls a task at its own address until it answers; a task is RUNNING a moment before its server listens. Throws
 * TaskEnded when it does not run any more.
 */
export async function callTask(
  { deps }: Invocation,
  controlPlane: ControlPlane,
  task: DescribedTask,
): Promise<TaskAnswer> {
  const { clock, http, signal } = deps;
  const address = privateAddress(task);
  if (address === undefined) throw new Failure(`task ${shortTaskId(task)} has no address of its own`);
  const url = `http://${address}:${samplePort}/`;
  let problem = '';
  const answer = await waitFor(clock, { timeoutMs: answerTimeoutMs, intervalMs: 50, signal }, async () => {
    try {
      const sentAt = clock.now();
      const response = await http.send({ method: 'GET', url, timeoutMs: 2_000, signal });
      const body = new TextDecoder().decode(response.body).trim();
      problem = `answered ${response.status}: ${body.slice(0, 200)}`;
      const right = response.status === 200 && body.startsWith('hello from ');
      if (right) return { body, milliseconds: elapsedMs(sentAt, clock.now()) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problem = error.message;
    }
    const tasks = await listTasks(controlPlane);
    if (tasks.some(({ taskArn, lastStatus }) => taskArn === task.taskArn && lastStatus === 'RUNNING')) return undefined;
    throw new TaskEnded(`task ${shortTaskId(task)} has ended`);
  });
  if (answer === undefined) {
    throw new Failure(`task ${shortTaskId(task)} does not answer at ${url}`, {
      exitCode: exitCodes.timedOut,
      why: problem,
      next: 'roadstead doctor checks the network of this machine',
    });
  }
  return { taskArn: task.taskArn ?? '', url, ...answer };
}

/** The address of a task's own network interface. */
export function privateAddress(task: DescribedTask): string | undefined {
  const details = task.attachments?.find(({ type }) => type === 'ElasticNetworkInterface')?.details;
  return details?.find(({ name }) => name === 'privateIPv4Address')?.value;
}

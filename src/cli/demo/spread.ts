import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import type { SampleBalancer } from './sample-balancer.ts';
import { shortTaskId } from './sample-service.ts';
import type { TaskAnswer } from './task-call.ts';
import { callTimes, requireAnswered, waitForAnswers } from './traffic.ts';

/** How requests through the load balancer spread over the tasks. */
export interface Spread {
  readonly sent: number;
  readonly byTask: readonly { readonly taskArn: string; readonly answered: number }[];
}

const requests = 100;

/** Calls the service through its load balancer; throws Failure unless every request is answered, and every task answers. */
export async function callThrough(
  { deps }: Invocation,
  { url }: Pick<SampleBalancer, 'url'>,
  tasks: readonly TaskAnswer[],
  say: Say,
): Promise<Spread> {
  await waitForAnswers(deps, url);
  const traffic = await callTimes(deps, url, requests);
  requireAnswered(`calling ${url}`, traffic);
  const byTask = tasks.map(({ taskArn, body }) => ({ taskArn, answered: traffic.answers.get(body) ?? 0 }));
  const counts = byTask.map(({ taskArn, answered }) => `${answered} by ${shortTaskId({ taskArn })}`).join(', ');
  const idle = byTask.find(({ answered }) => answered === 0);
  if (idle !== undefined) {
    throw new Failure(`task ${shortTaskId(idle)} answered none of ${requests} requests`, { why: counts });
  }
  say(`${requests} to ${url}, all answered: ${counts}`);
  return { sent: traffic.sent, byTask };
}

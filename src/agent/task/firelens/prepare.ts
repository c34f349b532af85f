import { Fault, messageOf } from '#base';
import { shortId } from '#model';
import type { PayloadTask } from '#wire/link';
import type { LogRouters } from '../../host/log-routers.ts';
import { FailedCall } from '../../secrets/attempts.ts';
import type { CallFor, ValueCalls } from '../../secrets/calls.ts';
import { parseObjectArn } from '../../secrets/references.ts';
import { type RouterFacts, routerConfiguration } from './configuration.ts';
import { type LogRouter, routerOf } from './router.ts';
import { configurationText } from './write.ts';

export interface PrepareDeps {
  readonly routers?: LogRouters;
  readonly calls: ValueCalls;
}

/**
 * Writes what the task's log router reads; nothing happens for a task without one. Throws Fault `Firelens` with the
 * reason for which the task stops.
 */
export async function prepareRouter(
  task: PayloadTask,
  facts: RouterFacts & { readonly region: string },
  deps: PrepareDeps,
  signal: AbortSignal,
): Promise<void> {
  const router = routerOf(task);
  if (router === undefined) return;
  if (deps.routers === undefined) {
    const why = "this host cannot run log routers: its agent's log says what is missing";
    throw new Fault('Firelens', `ResourceInitializationError: ${why}`);
  }
  const configuration = configurationText(routerConfiguration(task, router, facts), router.type);
  const external = await externalOf(router, { taskArn: task.arn, region: facts.region }, deps, signal);
  const { User = '' } = JSON.parse(router.container.dockerConfig.config || '{}') as { readonly User?: string };
  const files = { configuration, user: User, ...(external === undefined ? {} : { external }) };
  try {
    await deps.routers.write(shortId(task.arn), files);
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('Firelens', `Unable to generate firelens config file: ${messageOf(error)}`, { cause: error });
  }
}

async function externalOf(
  { include }: LogRouter,
  at: CallFor,
  { calls }: PrepareDeps,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (include?.from !== 's3') return undefined;
  const object = parseObjectArn(include.value);
  try {
    if (object === undefined) throw new Fault('Secret', `${include.value} is not the ARN of an object in S3`);
    return await calls.make('s3', at, (source, as, given) => source.object(object, as, given), signal);
  } catch (error) {
    const cause = error instanceof FailedCall ? error.cause : error;
    throw new Fault('Firelens', `Unable to download firelens s3 config file: ${whyOf(cause)}`, { cause });
  }
}

/** ECS's agent has no more words for a task whose execution role it does not have. */
function whyOf(error: unknown): string {
  const unsigned = error instanceof Fault && error.code === 'NoCredentials';
  return unsigned ? 'unable to get execution role credentials' : messageOf(error);
}

import { Fault, messageOf } from '#base';
import { shortId } from '#model';
import type { PayloadTask, RoleCredentials } from '#wire/link';
import type { LogRouters, ReadObject } from '../../host/log-routers.ts';
import { type RouterFacts, routerConfiguration } from './configuration.ts';
import { type LogRouter, routerOf } from './router.ts';
import { configurationText } from './write.ts';

export interface PrepareDeps {
  readonly routers?: LogRouters;
  readonly readObject?: ReadObject;
  readonly executionCredentials?: (taskArn: string) => RoleCredentials | undefined;
}

/**
 * Writes what the task's log router reads; nothing happens for a task without one. Throws Fault `Firelens` with the
 * reason for which the task stops.
 */
export async function prepareRouter(
  task: PayloadTask,
  facts: RouterFacts,
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
  const external = await externalOf(task, router, deps, signal);
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
  task: PayloadTask,
  { include }: LogRouter,
  deps: PrepareDeps,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (include?.from !== 's3') return undefined;
  const unable = (why: string, cause?: unknown): Fault =>
    new Fault('Firelens', `Unable to download firelens s3 config file: ${why}`, { cause });
  if (deps.readObject === undefined) throw unable('this host reads nothing from S3');
  const credentials = deps.executionCredentials?.(task.arn);
  if (credentials === undefined) throw unable('unable to get execution role credentials');
  try {
    return await deps.readObject(include.value, credentials, signal);
  } catch (error) {
    throw unable(messageOf(error), error);
  }
}

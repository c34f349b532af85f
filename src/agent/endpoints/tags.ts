import { type Clock, messageOf } from '#base';
import { ApiError } from '#wire/client';
import type { CredentialStore } from '../link/credentials.ts';
import type { EngineTask } from '../task/state.ts';
import { compact } from './container-metadata.ts';
import { taskCallMs } from './limits.ts';
import { regionOf, type Signer, type TaskApi } from './task-api.ts';
import type { HostFacts, Tags } from './task-metadata.ts';

export interface TagsDeps {
  readonly api: TaskApi;
  readonly credentials: CredentialStore;
  readonly clock: Clock;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * The tags of a task and of its container instance; what could not be read is among the errors. A host of the Fargate
 * pool belongs to nobody's account: there the task's own roles ask, and its host has no tags.
 */
export async function readTags(task: EngineTask, host: HostFacts, deps: TagsDeps): Promise<Tags> {
  const patience = new AbortController();
  const timer = deps.clock.setTimer(taskCallMs, () => patience.abort(new Error('timed out')));
  const fargate = task.payload.launchType === 'FARGATE';
  const credentials = fargate ? roleOf(task, deps.credentials) : undefined;
  const signer = (arn: string): Signer => ({
    region: regionOf(arn),
    signal: patience.signal,
    ...(credentials === undefined ? {} : { credentials }),
  });
  const errors: Json[] = [];
  const read = async (field: string, arn: string): Promise<Record<string, string> | undefined> => {
    try {
      const tags = await deps.api.listTagsForResource({ resourceArn: arn }, signer(arn));
      if (tags.length === 0) return undefined;
      return Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]));
    } catch (error) {
      errors.push(errorOf(field, arn, error));
      return undefined;
    }
  };
  try {
    const [ofTask, ofInstance] = await Promise.all([
      read('TaskTags', task.taskArn),
      fargate ? undefined : read('ContainerInstanceTags', host.containerInstanceArn),
    ]);
    return {
      errors,
      ...(ofTask === undefined ? {} : { task: ofTask }),
      ...(ofInstance === undefined ? {} : { containerInstance: ofInstance }),
    };
  } finally {
    timer.cancel();
  }
}

function roleOf({ taskArn }: EngineTask, credentials: CredentialStore): Signer['credentials'] {
  return credentials.ofTask(taskArn, 'TaskApplication') ?? credentials.ofTask(taskArn, 'TaskExecution');
}

function errorOf(field: string, arn: string, error: unknown): Json {
  const known = error instanceof ApiError ? error : undefined;
  return compact({
    ErrorField: field,
    ErrorCode: known?.code ?? 'ServerException',
    ErrorMessage: messageOf(error),
    StatusCode: known?.status ?? 500,
    RequestId: known?.requestId,
    ResourceARN: arn,
  });
}

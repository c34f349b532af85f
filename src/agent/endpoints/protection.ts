import { type Clock, instantFromMs, messageOf, rfc3339 } from '#base';
import { ApiError } from '#wire/client';
import type { CredentialStore } from '../link/credentials.ts';
import type { EngineTask } from '../task/state.ts';
import { taskCallMs } from './limits.ts';
import { type EndpointAnswer, type EndpointRequest, jsonAnswer } from './port.ts';
import { type ProtectionAnswer, regionOf, type TaskApi } from './task-api.ts';

export interface ProtectionDeps {
  readonly api: TaskApi;
  readonly credentials: CredentialStore;
  readonly clock: Clock;
}

/**
 * GET and PUT of `task-protection/v1/state`: GetTaskProtection and UpdateTaskProtection of the task that asks, signed as
 * its own role. Source: "Amazon ECS task scale-in protection endpoint".
 */
export async function answerProtection(
  task: EngineTask,
  request: Pick<EndpointRequest, 'method' | 'body'>,
  deps: ProtectionDeps,
): Promise<EndpointAnswer> {
  const change = request.method === 'PUT' ? changeOf(request.body) : undefined;
  if (typeof change === 'string') return failure(task, 400, 'InvalidParameterException', change);
  const credentials = deps.credentials.ofTask(task.taskArn, 'TaskApplication');
  if (credentials === undefined) {
    return failure(
      task,
      403,
      'AccessDeniedException',
      'Invalid Request: no task IAM role credentials available for task',
    );
  }
  const patience = new AbortController();
  const timer = deps.clock.setTimer(taskCallMs, () => patience.abort(new Error('timed out')));
  const as = { region: regionOf(task.taskArn), credentials, signal: patience.signal };
  const question = { cluster: task.payload.taskClusterArn, tasks: [task.taskArn] };
  try {
    const answer =
      change === undefined
        ? await deps.api.getTaskProtection(question, as)
        : await deps.api.updateTaskProtection({ ...question, ...change }, as);
    return answered(task, answer);
  } catch (error) {
    if (error instanceof ApiError) {
      return failure(task, error.status, error.code, error.message, error.requestId);
    }
    if (patience.signal.aborted) {
      return failure(task, 504, 'RequestCanceled', 'Timed out calling ECS Task Protection API');
    }
    return failure(task, 500, 'ServerException', `The control plane does not answer: ${messageOf(error)}`);
  } finally {
    timer.cancel();
  }
}

interface Change {
  readonly protectionEnabled: boolean;
  readonly expiresInMinutes?: number;
}

/** The change that a body asks for, or why it asks for none. */
function changeOf(body: string): Change | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'UpdateTaskProtection: failed to decode request: the body is not JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return 'UpdateTaskProtection: failed to decode request: the body is no JSON object';
  }
  const {
    ProtectionEnabled: enabled,
    ExpiresInMinutes: minutes,
    ...others
  } = parsed as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `UpdateTaskProtection: failed to decode request: unknown field "${unknown}"`;
  if (enabled === undefined || enabled === null) return "Invalid request: does not contain 'ProtectionEnabled' field";
  if (typeof enabled !== 'boolean') return "Invalid request: 'ProtectionEnabled' is no boolean";
  if (minutes === undefined || minutes === null) return { protectionEnabled: enabled };
  if (typeof minutes !== 'number' || !Number.isInteger(minutes))
    return "Invalid request: 'ExpiresInMinutes' is no integer";
  return { protectionEnabled: enabled, expiresInMinutes: minutes };
}

function answered(task: EngineTask, { protectedTasks = [], failures = [] }: ProtectionAnswer): EndpointAnswer {
  const [failed] = failures;
  if (failed !== undefined) {
    const { arn, reason, detail } = failed;
    return jsonAnswer(200, { failure: { Arn: arn, Detail: detail ?? null, Reason: reason } });
  }
  const [state] = protectedTasks;
  if (state === undefined)
    return failure(task, 500, 'ServerException', 'Unexpected error occurred: no protection state');
  const { protectionEnabled = false, taskArn, expirationDate } = state;
  const until = expirationDate === undefined ? null : rfc3339(instantFromMs(expirationDate * 1000));
  return jsonAnswer(200, {
    protection: { ExpirationDate: until, ProtectionEnabled: protectionEnabled, TaskArn: taskArn },
  });
}

function failure(task: EngineTask, status: number, code: string, message: string, requestId?: string): EndpointAnswer {
  const error = { Arn: task.taskArn, Code: code, Message: message };
  return jsonAnswer(status, requestId === undefined ? { error } : { requestID: requestId, error });
}

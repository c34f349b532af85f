import type { PayloadContainer, PayloadTask } from '#wire/link';
import { credentialsPath } from '../endpoints/environment.ts';
import type { Variables } from '../secrets/env-file.ts';
import type { EngineTask } from './state.ts';

/** The engine's LogConfig. */
interface LogConfig {
  readonly Type?: string;
  readonly Config?: Readonly<Record<string, string>>;
}

const driver = 'awslogs';

/**
 * The driver and its options, with those that are secrets. Docker's own awslogs driver writes with the keys of the task's
 * execution role, which the engine asks 169.254.170.2 for, on its host as in a task. `undefined` when there is nothing to
 * add. Source: "Amazon CloudWatch Logs logging driver" in Docker's documentation, `awslogs-credentials-endpoint`.
 */
export function logConfigOf(
  given: unknown,
  { logsAuthStrategy }: Pick<PayloadContainer, 'logsAuthStrategy'>,
  { executionCredentialsId }: Pick<EngineTask, 'executionCredentialsId'>,
  secretOptions: Variables = {},
): LogConfig | undefined {
  const { Type, Config = {} } = (given ?? {}) as LogConfig;
  // Options of awsfirelens are the log router's, secret ones too.
  if (Type === undefined || Type === 'awsfirelens') return undefined;
  const signs = Type === driver && logsAuthStrategy === 'ExecutionRole' && executionCredentialsId !== undefined;
  const added = {
    ...secretOptions,
    ...(signs ? { 'awslogs-credentials-endpoint': credentialsPath(executionCredentialsId) } : {}),
  };
  return Object.keys(added).length === 0 ? undefined : { Type, Config: { ...Config, ...added } };
}

/** Why the container cannot log as it is asked to; `undefined` when it can. */
export function logProblem(
  raw: Pick<PayloadTask, 'executionRoleCredentials'>,
  { name, dockerConfig, logsAuthStrategy }: PayloadContainer,
): string | undefined {
  const { LogConfig } = JSON.parse(dockerConfig?.hostConfig ?? '{}') as { readonly LogConfig?: LogConfig };
  if (LogConfig?.Type !== driver) return undefined;
  if (logsAuthStrategy === 'ExecutionRole' && raw.executionRoleCredentials !== undefined) return undefined;
  return `container ${name} logs with awslogs, which writes with the credentials of an execution role, and the task has none`;
}

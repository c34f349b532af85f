import type { PayloadContainer, PayloadTask } from '#wire/link';
import { credentialsPath } from '../endpoints/environment.ts';
import type { EngineTask } from './state.ts';

/** The engine's LogConfig. */
interface LogConfig {
  readonly Type?: string;
  readonly Config?: Readonly<Record<string, string>>;
}

const driver = 'awslogs';

/**
 * With whose keys Docker's own awslogs driver writes: those of the task's execution role, which the engine asks
 * 169.254.170.2 for, on its host as in a task. `undefined` when there is nothing to say. Source: "Amazon CloudWatch Logs
 * logging driver" in Docker's documentation, `awslogs-credentials-endpoint`.
 */
export function logConfigOf(
  given: unknown,
  { logsAuthStrategy }: Pick<PayloadContainer, 'logsAuthStrategy'>,
  { executionCredentialsId }: Pick<EngineTask, 'executionCredentialsId'>,
): LogConfig | undefined {
  const { Type, Config = {} } = (given ?? {}) as LogConfig;
  if (Type !== driver || logsAuthStrategy !== 'ExecutionRole' || executionCredentialsId === undefined) return undefined;
  return { Type, Config: { ...Config, 'awslogs-credentials-endpoint': credentialsPath(executionCredentialsId) } };
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

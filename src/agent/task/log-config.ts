import type { PayloadContainer, PayloadTask } from '#wire/link';
import { credentialsPath } from '../endpoints/environment.ts';
import type { EngineTask } from './state.ts';

/** The engine's LogConfig. */
interface LogConfig {
  readonly Type?: string;
  readonly Config?: Readonly<Record<string, string>>;
}

const driver = 'awslogs';
/** Options of Docker's driver. Source: "Amazon CloudWatch Logs logging driver" in Docker's documentation. */
const endpointOption = 'awslogs-endpoint';
const credentialsOption = 'awslogs-credentials-endpoint';

/**
 * Where Docker's own awslogs driver writes, and who as: to this installation, with the keys of the task's execution role,
 * which the engine asks 169.254.170.2 for, on its host as in a task. Who names an endpoint of his own logs there, with the
 * engine's own credentials. `undefined` when there is nothing to say.
 */
export function logConfigOf(
  given: unknown,
  { executionCredentialsId }: Pick<EngineTask, 'executionCredentialsId'>,
  logsEndpoint: string | undefined,
): LogConfig | undefined {
  const { Type, Config = {} } = (given ?? {}) as LogConfig;
  if (Type !== driver || Config[endpointOption] !== undefined) return undefined;
  if (logsEndpoint === undefined || executionCredentialsId === undefined) return undefined;
  const own = { [endpointOption]: logsEndpoint, [credentialsOption]: credentialsPath(executionCredentialsId) };
  return { Type, Config: { ...Config, ...own } };
}

/** Why the container cannot log as it is asked to; `undefined` when it can. */
export function logProblem(raw: PayloadTask, { name, dockerConfig }: PayloadContainer): string | undefined {
  const hostConfig = dockerConfig?.hostConfig;
  if (!hostConfig?.includes(`"${driver}"`)) return undefined;
  const { LogConfig } = JSON.parse(hostConfig) as { readonly LogConfig?: LogConfig };
  if (LogConfig?.Type !== driver || LogConfig.Config?.[endpointOption] !== undefined) return undefined;
  if (raw.executionRoleCredentials !== undefined) return undefined;
  return `container ${name} logs with awslogs, which writes with the credentials of an execution role, and the task has none`;
}

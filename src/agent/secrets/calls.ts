import { Fault } from '#base';
import type { RoleCredentials } from '#wire/link';
import type { Caller, SecretSource, ValueService } from '../host/secrets.ts';
import { type AttemptDeps, attempting } from './attempts.ts';

export interface ValueCallsDeps extends AttemptDeps {
  /** Absent: nothing can be asked for. */
  readonly secrets?: SecretSource;
  /** What the agent acts with for a task; absent until the control plane has sent it. */
  readonly executionCredentials?: (taskArn: string) => RoleCredentials | undefined;
}

/** For which task, and in which region. */
export interface CallFor {
  readonly taskArn: string;
  readonly region: string;
}

/** ms. A single call; of S3 the whole object. ECS's agent has the same. */
const callLimitMs = 5000;
const downloadLimitMs = 30_000;

/** Calls of the services that have values, as a task's execution role, repeated where that may help. */
export class ValueCalls {
  readonly #deps: ValueCallsDeps;

  constructor(deps: ValueCallsDeps) {
    this.#deps = deps;
  }

  /**
   * Throws FailedCall when the service refuses or does not answer, Fault `Secret` when it cannot be asked,
   * `NoCredentials` when the task has no execution role to ask as.
   */
  async make<T>(
    service: ValueService,
    { taskArn, region }: CallFor,
    call: (source: SecretSource, as: Caller, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const source = this.#sourceOf(service);
    const limitMs = service === 's3' ? downloadLimitMs : callLimitMs;
    const credentials = this.#deps.executionCredentials?.(taskArn);
    if (credentials === undefined) throw new Fault('NoCredentials', noCredentials);
    return attempting(limitMs, (given) => call(source, { credentials, region }, given), this.#deps, signal);
  }

  #sourceOf(service: ValueService): SecretSource {
    const { secrets } = this.#deps;
    if (secrets === undefined) throw new Fault('Secret', 'this agent cannot fetch values for tasks');
    const missing = secrets.missing(service);
    if (missing !== undefined) throw new Fault('Secret', missing);
    return secrets;
  }
}

const noCredentials =
  'unable to find execution role credentials: the control plane sent none for this task, whose execution role must be ' +
  'one of its own account';

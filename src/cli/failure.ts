import { Fault, messageOf } from '#base';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface FailureOptions {
  readonly exitCode?: ExitCode;
  /** The cause: an API's code and message, the last lines of a log. Several lines are fine. */
  readonly why?: string;
  /** What to run or do next. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** A command's failure as its user reads it: what failed (the message), why, what next; and the exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;
  readonly why: string | undefined;
  readonly next: string | undefined;

  constructor(what: string, options: FailureOptions = {}) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.why = options.why;
    this.next = options.next;
  }
}

/** The user stopped the command: Ctrl-C, or a termination signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What an answer of an API looks like when it is an error; read by its members, so that no client need be loaded. */
interface ApiErrorLike {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly requestId?: string | undefined;
}

function isApiError(error: unknown): error is ApiErrorLike {
  return error instanceof Error && error.name === 'ApiError';
}

const deniedCodes =
  /^(AccessDenied|UnauthorizedOperation|AuthFailure|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|RequestTimeTooSkewed)/;

/** For an agent that finds the state of another host in its data directory. */
const foreignStateNext =
  'give this agent a data directory of its own with --data-dir; or remove the folder of that file, and it registers anew\n' +
  '(first stop the tasks the other still has here: roadstead down --tasks, with the data directory the folder is in)';

/** The failure to show for anything thrown while doing `what`. */
export function failureFrom(what: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof Fault && error.code === 'Config') {
    return new Failure(what, { exitCode: exitCodes.usage, why: error.message, cause: error });
  }
  if (error instanceof Fault && error.code === 'ForeignState') {
    return new Failure(what, { exitCode: exitCodes.inUse, why: error.message, next: foreignStateNext, cause: error });
  }
  if (!isApiError(error)) return new Failure(what, { why: messageOf(error), cause: error });
  const request = error.requestId === undefined ? '' : ` (request ${error.requestId})`;
  const why = `${error.code}: ${error.message}${request}`;
  if (error.code === 'InvalidResponse') {
    const next = 'check AWS_ENDPOINT_URL: something else than Roadstead answers there';
    return new Failure(what, { exitCode: exitCodes.unreachable, why, next, cause: error });
  }
  if (error.status === 403 || deniedCodes.test(error.code)) {
    const next = 'check the keys in use: roadstead env shows those of the installation';
    return new Failure(what, { exitCode: exitCodes.denied, why, next, cause: error });
  }
  if (error.status === 404 || /NotFound/.test(error.code)) {
    return new Failure(what, { exitCode: exitCodes.notFound, why, cause: error });
  }
  const next =
    error.status >= 500 ? 'look for the request id in the server log: roadstead status shows where' : undefined;
  return new Failure(what, { why, cause: error, ...(next === undefined ? {} : { next }) });
}

/** The lines of a failure: what, why, next. */
export function failureLines(failure: Failure): string[] {
  const lines = [`error: ${failure.message}`];
  for (const line of failure.why?.split('\n') ?? []) lines.push(`  ${line}`);
  if (failure.next !== undefined) {
    const [first, ...more] = failure.next.split('\n');
    lines.push(`  next: ${first}`, ...more.map((line) => `        ${line}`));
  }
  return lines;
}

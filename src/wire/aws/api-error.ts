/**
 * The caller's fault, in AWS's words, on its way to the wire. `code` is the modelled exception's name
 * (`ClusterNotFoundException`); the protocol turns it into the form its clients expect. `status` is the HTTP status,
 * 400 unless said. `members` are the further members of a modelled exception, e.g. `resourceIds` of ConflictException.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;
  /** The request id of the answer that carried the error; set by clients only. */
  readonly requestId: string | undefined;

  constructor(code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
    this.requestId = options.requestId;
  }
}

export interface ApiErrorOptions {
  readonly status?: number;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly requestId?: string;
  readonly cause?: unknown;
}

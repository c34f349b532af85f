import type { ApiError } from '../api-error.ts';
import type { ServiceModel } from '../model.ts';
import type { WireAnswer } from '../request.ts';
import type { Traits } from '../shape.ts';

/** What an error's answer depends on besides the error. */
export interface ErrorContext {
  readonly requestId: string;
  /** The service, when it is one we have shapes for. */
  readonly service: ServiceModel | undefined;
  /** The request's method: an answer to HEAD has no body. */
  readonly method: string;
}

export type WriteError = (error: ApiError, context: ErrorContext) => WireAnswer;

/** The traits of a modelled exception; empty for others. */
export function errorTraits(error: ApiError, context: ErrorContext): Traits {
  return context.service?.errors.get(error.code)?.traits ?? {};
}

/** Who is to blame, in the word the XML protocols have for it. */
export function blameOf(status: number): 'Sender' | 'Receiver' {
  return status < 500 ? 'Sender' : 'Receiver';
}

/** The code and status under which the query protocols know a modelled exception. */
export function queryErrorOf(
  error: ApiError,
  context: ErrorContext,
): { readonly code: string; readonly status: number } {
  const traits = errorTraits(error, context);
  const [code, status] = (traits.awsQueryError ?? []) as readonly [string?, number?];
  return { code: code ?? error.code, status: status ?? httpStatus(error, traits) };
}

/** The HTTP status the model gives the exception, else its own. */
export function httpStatus(error: ApiError, traits: Traits): number {
  if (typeof traits.httpError === 'number') return traits.httpError;
  return traits.error === 'server' && error.status < 500 ? 500 : error.status;
}

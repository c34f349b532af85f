import type { Instant } from '#base';

/**
 * Handler types inferred from an official client package: `InputOf<typeof import('@aws-sdk/client-ecs'), 'RunTask'>`.
 * Types only: nothing of the package is loaded. They differ from the client's own types where the reader and the
 * writer do: an input has been checked, so a required member is there and its timestamps are instants; an output may
 * carry instants or Dates and readonly lists. The writer drops what the shape does not know.
 */

type CommandLike<I = unknown, O = unknown> = {
  readonly input: I;
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ readonly output: O }>;
};

/** The commands of a client module by operation name; the client's own `$Command` base is none. */
type Commands<M> = {
  [K in keyof M as K extends `${infer Op}Command`
    ? M[K] extends { readonly prototype: CommandLike }
      ? Exclude<Op, '$'>
      : never
    : never]: M[K] extends { readonly prototype: infer P } ? P : never;
};

/** The client's type of a document member: JSON of any form. */
type ClientDocument = null | boolean | number | string | ClientDocument[] | { [key: string]: ClientDocument };

/** JSON of any form. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

type Leaf = string | number | boolean | bigint | null | undefined | Uint8Array;

type WithoutUnknownMember<T> = T extends { $unknown: [string, unknown] } ? never : T;

/** What a handler receives in place of the client's `T`. */
export type Checked<T> = [ClientDocument] extends [T]
  ? JsonValue
  : T extends Date
    ? Instant
    : T extends Leaf
      ? T
      : T extends readonly (infer E)[]
        ? readonly Checked<E>[]
        : WithoutUnknownMember<T> extends infer S
          ? { readonly [K in keyof S as K extends '$unknown' ? never : K]: Checked<Exclude<S[K], undefined>> }
          : never;

/** What a handler may answer in place of the client's `T`. */
export type Answer<T> = [ClientDocument] extends [T]
  ? JsonValue
  : T extends Date
    ? Date | number
    : T extends Leaf
      ? T
      : T extends readonly (infer E)[]
        ? readonly Answer<E>[]
        : WithoutUnknownMember<T> extends infer S
          ? { readonly [K in keyof S as K extends '$unknown' | '$metadata' ? never : K]: Answer<S[K]> }
          : never;

/** The names of a client module's operations. */
export type OperationName<M> = keyof Commands<M> & string;

/** The checked input of an operation. */
export type InputOf<M, Op extends OperationName<M>> = Commands<M>[Op] extends { readonly input: infer I }
  ? Checked<I>
  : never;

/** What the handler of an operation returns. */
export type OutputOf<M, Op extends OperationName<M>> =
  Commands<M>[Op] extends CommandLike<unknown, infer O> ? Answer<O> : never;

import { readFileSync } from 'node:fs';

/** A known gap: how it shows, and why it is there. */
export interface Expectation {
  /** The exception a right request ends with; of a waiter, the error it rejects with. */
  readonly ends: string;
  readonly because: string;
}

/**
 * What is known not to work, with reasons: docs/compat/expectations.json. A gap that is closed makes a test fail until
 * it is taken out there.
 */
export interface Expectations {
  readonly operations: Readonly<Record<string, Expectation>>;
  /** Modelled exceptions that have no occasion in this version; `test`: the unit test that has one all the same. */
  readonly exceptions: Readonly<Record<string, { readonly because: string; readonly test?: string }>>;
  /** Waiters whose success cannot be had. */
  readonly waiters: Readonly<Record<string, Expectation>>;
  /** Places in answers that hold another kind of value than AWS's, as boto3 parses it. */
  readonly kinds: Readonly<Record<string, { readonly because: string }>>;
  /** Paginators that have nothing to page over. */
  readonly paginators: Readonly<Record<string, Expectation>>;
}

export function readExpectations(): Expectations {
  const file = new URL('../../../docs/compat/expectations.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Expectations;
}

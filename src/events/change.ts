/** One record that a transaction changed: before it all, and after it all. */
export interface ChangeOf<R> {
  readonly before: R | undefined;
  readonly after: R | undefined;
}

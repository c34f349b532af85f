/** An expression that is not in the cluster query language. The message is a phrase without the expression itself. */
export class QuerySyntaxError extends Error {
  override readonly name = 'QuerySyntaxError';
  /** Where it went wrong: UTF-8 bytes from the start of the expression. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The error at a character index of `text`. */
export function syntaxErrorAt(text: string, index: number, message: string): QuerySyntaxError {
  return new QuerySyntaxError(message, Buffer.byteLength(text.slice(0, index)));
}

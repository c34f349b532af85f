/** One container of one task, as logs name it. */
export interface LogOrigin {
  readonly taskArn: string;
  readonly container: string;
}

/** A line that a container wrote. */
export interface LogLine extends LogOrigin {
  /** Epoch ms. */
  readonly timestampMs: number;
  readonly message: string;
}

/** Which lines come first. */
export interface LogStart {
  /** Epoch ms; absent: from the beginning. */
  readonly sinceMs?: number;
  /** Only so many of the newest. */
  readonly last?: number;
}

/** Where one container's lines are read from. Both give lines in the order of their time. */
export interface LogSource extends LogOrigin {
  /** What is there; asked once, first. */
  history(start: LogStart): AsyncIterable<LogLine>;
  /** What came since. */
  more(): AsyncIterable<LogLine>;
}

/** Sources that are asked at a time: a service may have thousands of containers. */
const askedAtOnce = 16;

/** Lines of several sources by time; of each only the next ones are held. */
export async function* interleaved(sources: readonly AsyncIterable<LogLine>[]): AsyncGenerator<LogLine> {
  const heads: { readonly lines: AsyncIterator<LogLine>; next: LogLine }[] = [];
  const waiting = [...sources];
  const lane = async (): Promise<void> => {
    for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
      const lines = source[Symbol.asyncIterator]();
      const first = await lines.next();
      if (first.done !== true) heads.push({ lines, next: first.value });
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, lane));
  for (;;) {
    let head = heads[0];
    for (const each of heads) if (head !== undefined && each.next.timestampMs < head.next.timestampMs) head = each;
    if (head === undefined) return;
    yield head.next;
    const following = await head.lines.next();
    if (following.done === true) heads.splice(heads.indexOf(head), 1);
    else head.next = following.value;
  }
}

/** The last so many of all; `undefined` is all. */
export async function* lastOf(lines: AsyncIterable<LogLine>, last: number | undefined): AsyncGenerator<LogLine> {
  if (last === undefined) {
    yield* lines;
    return;
  }
  const kept: LogLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    if (kept.length > last) kept.shift();
  }
  yield* kept;
}

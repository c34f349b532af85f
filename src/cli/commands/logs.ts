import type { Task } from '@aws-sdk/client-ecs';
import { type Instant, msFromInstant, sleep } from '#base';
import type { ControlPlane } from '../control-plane.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, failureFrom } from '../failure.ts';
import { type CommandBody, done, type Invocation } from '../invocation.ts';
import { interleaved, type LogLine, type LogSource, lastOf } from '../logs/line.ts';
import { type Elsewhere, SourceFinder } from '../logs/sources.ts';
import { formatReport, type OutputFormat, type Report } from '../output/report.ts';
import type { Style } from '../output/style.ts';
import { timeText } from '../output/times.ts';
import { findTarget, type Target, tasksOf } from '../targets.ts';
import { connect } from './account.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly cluster: string;
  readonly container?: string;
  /** Epoch ms, or how long ago. */
  readonly since?: { readonly atMs: number } | { readonly agoMs: number };
  readonly tail?: number;
  readonly timestamps?: boolean;
}

/** How often a follower asks for lines, ms, and every how many times for tasks. */
const askEveryMs = 1_000;
const tasksEvery = 3;
/** What a task wrote last has come by so long after its end, s: log drivers send every five, and try again. */
const lastWordsSeconds = 20;
/** Lines that are shown first when nothing is said. */
const usualTail = 100;
/** Lines that are formatted at a time. */
const chunkLines = 1_000;

/** `roadstead logs SERVICE|TASK`: what containers wrote, stopped ones included; with `--follow`, what they write. */
export const logs: CommandBody<LogsOptions> = async (invocation, [name = ''], options) => {
  const controlPlane = await connect(invocation);
  const reader = new Reader(invocation, controlPlane, options);
  try {
    const target = await findTarget(controlPlane, name, options.cluster);
    await reader.begin(target, name);
    if (options.follow !== true) return await reader.finish();
    return await reader.follow(target);
  } catch (error) {
    if (invocation.deps.signal.aborted && reader.begun) return done;
    throw failureFrom(`cannot read the logs of ${name}`, error);
  }
};

class Reader {
  readonly #invocation: Invocation;
  readonly #controlPlane: ControlPlane;
  readonly #options: LogsOptions;
  readonly #finder: SourceFinder;
  readonly #printer: Printer;
  #sources: readonly LogSource[] = [];
  #kept: LogLine[] = [];
  begun = false;
  #away = false;
  #wasAway = false;

  constructor(invocation: Invocation, controlPlane: ControlPlane, options: LogsOptions) {
    this.#invocation = invocation;
    this.#controlPlane = controlPlane;
    this.#options = options;
    this.#finder = new SourceFinder(controlPlane, invocation.deps.engine, options.container);
    const { output } = invocation.common;
    // Whole documents cannot be told apart in a stream: one line each.
    const format = options.follow === true && (output === 'json' || output === 'yaml') ? 'jsonl' : output;
    this.#printer = new Printer(invocation, format, options.timestamps === true);
  }

  /** Finds the sources and shows what is there. */
  async begin(target: Target, name: string): Promise<void> {
    const tasks = await tasksOf(this.#controlPlane, target);
    const found = await this.#finder.find(tasks);
    const waits = this.#options.follow === true && found.elsewhere.length === 0;
    if (found.sources.length === 0 && !waits) {
      throw nothingToRead(name, this.#options, tasks.length, found.elsewhere);
    }
    this.#tell(found.elsewhere);
    this.begun = true;
    const last = this.#options.tail ?? (this.#options.since === undefined ? usualTail : undefined);
    await this.#show(lastOf(interleaved(this.#histories(found.sources, last)), last));
  }

  async finish() {
    return this.#printer.isWhole ? { report: this.#printer.reportOf(this.#kept) } : done;
  }

  async follow(target: Target): Promise<typeof done> {
    const { clock, signal } = this.#invocation.deps;
    for (let round = 1; ; round++) {
      await sleep(clock, askEveryMs, signal).catch(() => {});
      if (signal.aborted) return done;
      this.#away = false;
      await this.#show(interleaved(this.#sources.map((each) => this.#patient(each.more()))));
      if (round % tasksEvery === 0 && (await this.#lookForTasks(target)) === 'over') return done;
      this.#tellAway();
    }
  }

  /** Finds the sources of new tasks and lets go of those of old ones. */
  async #lookForTasks(target: Target): Promise<'over' | undefined> {
    try {
      const tasks = await tasksOf(this.#controlPlane, target);
      const now = this.#invocation.deps.clock.now();
      const heard = new Set(tasks.filter((task) => !isLongOver(task, now)).map(({ taskArn }) => taskArn));
      this.#sources = this.#sources.filter(({ taskArn }) => heard.has(taskArn));
      const found = await this.#finder.find(tasks);
      this.#tell(found.elsewhere);
      const histories = this.#histories(found.sources, undefined).map((each) => this.#patient(each));
      await this.#show(interleaved(histories));
      return target.kind === 'task' && heard.size === 0 ? 'over' : undefined;
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#away = true;
      return undefined;
    }
  }

  /** The same lines; a control plane that is away ends them for now, and the source knows where to go on. */
  async *#patient(lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine> {
    try {
      yield* lines;
    } catch (error) {
      if (!isAway(error)) throw error;
      this.#away = true;
    }
  }

  /** Says when the control plane went away, and when it is back. */
  #tellAway(): void {
    if (this.#away === this.#wasAway) return;
    this.#wasAway = this.#away;
    const { style, deps } = this.#invocation;
    const text = this.#away ? 'the control plane does not answer; waiting for it' : 'the control plane answers again';
    deps.terminal.writeError(`${style.faint(text)}\n`);
  }

  #histories(sources: readonly LogSource[], last: number | undefined): AsyncIterable<LogLine>[] {
    this.#sources = [...this.#sources, ...sources];
    const sinceMs = this.#sinceMs();
    const start = { ...(sinceMs === undefined ? {} : { sinceMs }), ...(last === undefined ? {} : { last }) };
    return sources.map((source) => source.history(start));
  }

  #sinceMs(): number | undefined {
    const { since } = this.#options;
    if (since === undefined) return undefined;
    return 'atMs' in since ? since.atMs : msFromInstant(this.#invocation.deps.clock.now()) - since.agoMs;
  }

  async #show(lines: AsyncIterable<LogLine>): Promise<void> {
    let some: LogLine[] = [];
    for await (const line of lines) {
      if (this.#printer.isWhole) {
        this.#kept.push(line);
        continue;
      }
      some.push(line);
      if (some.length < chunkLines) continue;
      await this.#printer.print(some);
      some = [];
    }
    if (some.length > 0) await this.#printer.print(some);
  }

  #tell(elsewhere: readonly Elsewhere[]): void {
    const { style, deps } = this.#invocation;
    for (const { container, taskArn, why } of elsewhere) {
      deps.terminal.writeError(style.faint(`${shortTask(taskArn)}/${container} ${why}`) + '\n');
    }
  }
}

/** Lines as the output format wants them, each container with a prefix of its own. */
class Printer {
  readonly #invocation: Invocation;
  readonly #format: OutputFormat;
  readonly #timestamps: boolean;
  readonly #tints = new Map<string, number>();
  #width = 0;

  constructor(invocation: Invocation, format: OutputFormat, timestamps: boolean) {
    this.#invocation = invocation;
    this.#format = format;
    this.#timestamps = timestamps;
  }

  /** One document for all. */
  get isWhole(): boolean {
    return this.#format === 'json' || this.#format === 'yaml';
  }

  async print(lines: readonly LogLine[]): Promise<void> {
    const { deps, outStyle } = this.#invocation;
    deps.terminal.writeOut(await formatReport(this.reportOf(lines), this.#format, outStyle));
  }

  reportOf(lines: readonly LogLine[]): Report {
    const items = lines.map(({ timestampMs, taskArn, container, message }) => ({
      timestamp: timeText(timestampMs),
      taskArn,
      container,
      message,
    }));
    return {
      data: { events: items },
      items,
      lines: (style, { wide }) => lines.map((line) => this.#text(line, style, wide || this.#timestamps)),
      names: lines.map(({ message }) => message),
    };
  }

  #text({ taskArn, container, timestampMs, message }: LogLine, style: Style, timed: boolean): string {
    const label = `${shortTask(taskArn)}/${container}`;
    const tint = this.#tints.get(label) ?? this.#tints.size;
    this.#tints.set(label, tint);
    this.#width = Math.max(this.#width, label.length);
    const time = timed ? `${style.faint(timeText(timestampMs))} ` : '';
    return `${style.tint(tint, label.padEnd(this.#width))} ${time}${message}`;
  }
}

function isLongOver({ lastStatus, stoppedAt }: Task, now: Instant): boolean {
  return lastStatus === 'STOPPED' && now - Number(stoppedAt ?? now) > lastWordsSeconds;
}

/** Nobody answered, or the answer was that it cannot be served now. */
function isAway(error: unknown): boolean {
  if (error instanceof Failure) return error.exitCode === exitCodes.unreachable;
  return error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 500;
}

function shortTask(taskArn: string): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1).slice(0, 8);
}

function nothingToRead(
  name: string,
  { container }: LogsOptions,
  taskCount: number,
  elsewhere: readonly Elsewhere[],
): Failure {
  const why =
    elsewhere.length > 0
      ? elsewhere.map((each) => `${shortTask(each.taskArn)}/${each.container} ${each.why}`).join('\n')
      : taskCount === 0
        ? 'it has no task now; -f waits for one'
        : container === undefined
          ? 'its containers have not started; -f waits for them'
          : `its tasks have no container ${container}`;
  return new Failure(`the logs of ${name} cannot be read here`, {
    exitCode: exitCodes.notFound,
    why,
    ...(elsewhere.length > 0
      ? { next: 'run it on the machine of the task, or give the container the log driver awslogs' }
      : {}),
  });
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Answer, Installation } from './installation.ts';

const run = promisify(execFile);
const program = new URL('boto3_client.py', import.meta.url).pathname;

/** The first Python that has boto3: the one on PATH, or Debian's own with its package python3-boto3. */
export async function pythonWithBoto3(): Promise<string | undefined> {
  for (const python of ['python3', '/usr/bin/python3']) {
    try {
      await run(python, ['-c', 'import boto3']);
      return python;
    } catch {
      // Not there, or without boto3.
    }
  }
  return undefined;
}

/** What the installed boto3 knows of a service. */
export interface Boto3Model {
  readonly boto3: string;
  readonly botocore: string;
  readonly operations: readonly string[];
  readonly exceptions: readonly string[];
  readonly paginators: readonly string[];
}

/** How a call inside `except client.exceptions.X` ended. */
export type Caught =
  | { readonly caught: string; readonly status: number; readonly message: string; readonly members: Answer }
  | { readonly missed: string; readonly message?: string }
  | { readonly unknown: string };

/** An answer with what of it is of another kind than boto3's model says. */
export interface Walked {
  readonly answer: Answer;
  readonly problems: readonly {
    readonly path: string;
    readonly shape: string;
    readonly value: unknown;
    readonly problem: string;
  }[];
  /** All places of the answer that hold a value. */
  readonly paths: readonly string[];
  readonly kinds: Readonly<Record<string, number>>;
}

/** One boto3 client in a Python of its own; calls are made one after the other. */
export class Boto3 implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #said = '';

  constructor(python: string, installation: Pick<Installation, 'url' | 'environment'>, service = 'ecs') {
    this.#child = spawn(python, [program, installation.url, service], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...installation.environment() },
    });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    createInterface({ input: stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    stderr.on('data', (text) => {
      this.#said += String(text);
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`boto3 ended: ${this.#said}`));
    });
  }

  model(): Promise<Boto3Model> {
    return this.#ask({ model: true });
  }

  /** The answer and its kinds; throws when the call is refused. */
  async call(operation: string, input: object): Promise<Walked> {
    const walked = await this.#ask({ operation, input });
    if (walked.answer === undefined) throw new Error(`${operation}: ${JSON.stringify(walked)}`);
    return walked;
  }

  catch(operation: string, input: object, exception: string): Promise<Caught> {
    return this.#ask({ operation, input, caught: exception });
  }

  /** All pages of the operation's paginator; an error's code when it was refused. */
  pages(operation: string, input: object, pageSize: number): Promise<{ pages: Answer[] } | { missed: string }> {
    return this.#ask({ operation, input, page_size: pageSize });
  }

  /** Waits as the service's waiter of that name does; why it gave up, if it did. */
  waits(waiter: string, input: object): Promise<{ waited: true } | { missed: string }> {
    return this.#ask({ waiter, input });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    if (this.#child.exitCode === null) await ended;
  }

  #ask(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null) {
        reject(new Error(`boto3 has ended: ${this.#said}`));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }
}

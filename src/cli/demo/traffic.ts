import { Fault, sleep } from '#base';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { CommandLineDeps } from '../ports.ts';
import { waitFor } from '../waiting.ts';

/** What became of a number of requests. */
export interface Traffic {
  readonly sent: number;
  /** Without an answer, or with another than the sample's. */
  readonly failed: number;
  /** How often each answer came, by its text. */
  readonly answers: ReadonlyMap<string, number>;
  /** Of the first that failed. */
  readonly problems: readonly string[];
}

type Deps = Pick<CommandLineDeps, 'http' | 'clock' | 'signal'>;

/** Requests under way at the same time while there is load, and each one's pause before the next, ms. */
const loadLanes = 4;
const pauseMs = 20;
const answerTimeoutMs = 5000;
const problemsKept = 3;
const answersInRow = 20;
const firstAnswersTimeoutMs = 30_000;

class Count implements Traffic {
  sent = 0;
  failed = 0;
  readonly answers = new Map<string, number>();
  readonly problems: string[] = [];

  async call({ http, signal }: Deps, url: string): Promise<void> {
    let problem: string;
    try {
      const { status, body } = await http.send({ method: 'GET', url, timeoutMs: answerTimeoutMs, signal });
      const text = new TextDecoder().decode(body).trim();
      if (status === 200 && text.startsWith('hello from ')) {
        this.sent += 1;
        this.answers.set(text, (this.answers.get(text) ?? 0) + 1);
        return;
      }
      problem = `answered ${status}: ${text.slice(0, 200)}`;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Fault)) throw error;
      problem = error.message;
    }
    this.sent += 1;
    this.failed += 1;
    if (this.problems.length < problemsKept) this.problems.push(problem);
  }
}

/** Sends so many requests one after the other. */
export async function callTimes(deps: Deps, url: string, times: number): Promise<Traffic> {
  const count = new Count();
  for (let call = 0; call < times; call++) await count.call(deps, url);
  return count;
}

/**
 * Waits until requests are answered, a good many in a row: the nodes of a load balancer begin one after the other, a moment
 * after it is active. Throws Failure when that does not happen for a while.
 */
export async function waitForAnswers(deps: Deps, url: string): Promise<void> {
  const wait = { timeoutMs: firstAnswersTimeoutMs, intervalMs: 50, signal: deps.signal };
  let problem = '';
  const answered = await waitFor(deps.clock, wait, async () => {
    const { failed, problems } = await callTimes(deps, url, answersInRow);
    problem = problems[0] ?? '';
    return failed === 0 ? true : undefined;
  });
  if (answered !== undefined) return;
  throw new Failure(`the load balancer does not answer at ${url}`, {
    exitCode: exitCodes.timedOut,
    why: problem,
    next: 'the log of the agent, in the data directory, tells of the load balancer',
  });
}

/** Requests without an end, several at a time, until it is stopped. */
export class Load {
  readonly #count = new Count();
  readonly #stopping = new AbortController();
  readonly #lanes: Promise<unknown>;

  constructor(deps: Deps, url: string) {
    const signal = AbortSignal.any([deps.signal, this.#stopping.signal]);
    const lane = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.#count.call(deps, url);
        // That the load is stopped ends the pause, never a request.
        await sleep(deps.clock, pauseMs, signal).catch(() => {});
      }
    };
    this.#lanes = Promise.all(Array.from({ length: loadLanes }, lane));
    this.#lanes.catch(() => {});
  }

  get traffic(): Traffic {
    return this.#count;
  }

  /** Waits for the requests under way; none is left out of the count. */
  async stop(): Promise<Traffic> {
    this.#stopping.abort();
    await this.#lanes;
    return this.#count;
  }
}

/** Throws Failure, which says what became of them, unless every request was answered. */
export function requireAnswered(what: string, { sent, failed, problems }: Traffic): void {
  if (failed === 0) return;
  throw new Failure(`${what}: ${failed} of ${sent} requests failed`, {
    why: problems.join('\n'),
    next: 'the log of the agent, in the data directory, tells of the load balancer',
  });
}

import type { Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check } from './check.ts';
import type { RecordChange, Replica } from './replica.ts';

/** What the API promised: an answer leaves when it is durable, and a repeated request acts once. */
export class Promises implements Check {
  readonly #replica: Replica;
  /** Tasks made for a request with a token, by its mark. */
  readonly #made = new Map<string, Set<string>>();
  readonly #once = new Map<string, number>();

  constructor(replica: Replica) {
    this.#replica = replica;
  }

  /** A request that may be repeated: tasks started by `mark` are at most so many. */
  once(mark: string, count: number): void {
    this.#once.set(mark, count);
  }

  check({ table, key, before, after }: RecordChange): void {
    if (table !== 'tasks' || before !== undefined) return;
    const { startedBy = '' } = after as Task;
    const limit = this.#once.get(startedBy);
    if (limit === undefined) return;
    const made = this.#made.get(startedBy) ?? new Set();
    this.#made.set(startedBy, made.add(key));
    if (made.size <= limit) return;
    const message = `${startedBy} asked for ${limit} tasks with one token and has ${made.size}`;
    throw new Violation('a repeated request acts once', message, [...made]);
  }

  /** An answer is about to leave. */
  answered(operation: string, outcome: { readonly seen: number; readonly output: unknown }): void {
    if (this.#replica.revision < outcome.seen) {
      const message = `${operation} is answered at revision ${outcome.seen}; on disk is ${this.#replica.revision}`;
      throw new Violation('nothing acknowledged is lost', message);
    }
    const { tasks = [] } = (outcome.output ?? {}) as { readonly tasks?: readonly { readonly taskArn?: string }[] };
    if (operation === 'RunTask') for (const { taskArn = '' } of tasks) this.acknowledged('tasks', taskArn);
  }

  /** A record that a client was told of must be there. */
  acknowledged(table: string, key: string): void {
    if (this.#replica.table(table).has(key)) return;
    throw new Violation('nothing acknowledged is lost', `${key} was acknowledged and is not on disk`, [key]);
  }
}

import { afterMs, backoffMs, earliest, type Instant, type Random } from '#base';
import type { TaskArn } from '#model';
import { type DispatchSettings, unackedMessages } from './limits.ts';
import type { Order } from './orders.ts';

interface Entry {
  readonly order: Order;
  readonly acked: boolean;
  /** How often the order went out. */
  readonly attempts: number;
  /** When it is to go out (again). */
  readonly dueAt: Instant;
}

/**
 * What one agent was told of its tasks, and what it acknowledged. It outlives a connection as long as the agent's
 * process is the same: the agent keeps what it accepted, and loses no more than the acknowledgments under way.
 */
export class Handover {
  readonly #entries = new Map<TaskArn, Entry>();
  /** Orders by the message that carried them, oldest message first. An answer to any of them counts. */
  readonly #messages = new Map<string, ReadonlyMap<TaskArn, Order>>();
  /** Orders not acknowledged, so that finding what is due never walks all tasks. */
  readonly #open = new Set<TaskArn>();
  readonly #resendMs: DispatchSettings['resendMs'];
  readonly #random: Random;

  constructor(options: { readonly resendMs: DispatchSettings['resendMs'] }, deps: { readonly random: Random }) {
    this.#resendMs = options.resendMs;
    this.#random = deps.random;
  }

  /** The task calls for `order` now; due at once unless the agent has been told so already. */
  want(arn: TaskArn, order: Order, now: Instant): void {
    if (this.#entries.get(arn)?.order === order) return;
    this.#entries.set(arn, { order, acked: false, attempts: 0, dueAt: now });
    this.#open.add(arn);
  }

  /** The task calls for nothing any more. */
  forget(arn: TaskArn): void {
    this.#entries.delete(arn);
    this.#open.delete(arn);
  }

  /** Forgets every task but these. */
  retain(arns: ReadonlySet<TaskArn>): void {
    for (const arn of this.#entries.keys()) if (!arns.has(arn)) this.forget(arn);
  }

  /** The orders that are due, STOPPED ones first: they free what the others may be waiting for. */
  due(now: Instant): { readonly arn: TaskArn; readonly order: Order }[] {
    const due: { arn: TaskArn; order: Order }[] = [];
    for (const arn of this.#open) {
      const entry = this.#entries.get(arn);
      if (entry !== undefined && entry.dueAt <= now) due.push({ arn, order: entry.order });
    }
    return due.sort((a, b) => rank(a.order) - rank(b.order));
  }

  /** When the next open order is due; `undefined` when all are acknowledged. */
  nextDueAt(): Instant | undefined {
    let next: Instant | undefined;
    for (const arn of this.#open) next = earliest(next, this.#entries.get(arn)?.dueAt);
    return next;
  }

  /**
   * The message went out with these orders; each is due again later unless it is acknowledged. Gives how many of them
   * had been tried before.
   */
  sent(messageId: string, orders: ReadonlyMap<TaskArn, Order>, now: Instant): number {
    this.#messages.set(messageId, orders);
    for (const id of this.#messages.keys()) {
      if (this.#messages.size <= unackedMessages) break;
      this.#messages.delete(id);
    }
    let again = 0;
    for (const arn of orders.keys()) {
      if ((this.#entries.get(arn)?.attempts ?? 0) > 0) again++;
      this.postpone(arn, now);
    }
    return again;
  }

  /** The order was tried just now. */
  postpone(arn: TaskArn, now: Instant): void {
    const entry = this.#entries.get(arn);
    if (entry === undefined) return;
    const { first, max } = this.#resendMs;
    const waitMs = backoffMs(
      { firstMs: first, maxMs: max, factor: [2, 1], jitterPercent: 20 },
      entry.attempts,
      this.#random,
    );
    this.#entries.set(arn, { ...entry, attempts: entry.attempts + 1, dueAt: afterMs(now, waitMs) });
  }

  /** The agent accepted the message: whatever it said and still holds is acknowledged. Gives how many orders were open. */
  acked(messageId: string): number {
    const orders = this.#messages.get(messageId);
    this.#messages.delete(messageId);
    let settled = 0;
    for (const [arn, order] of orders ?? []) {
      const entry = this.#entries.get(arn);
      if (entry?.order !== order) continue;
      this.#entries.set(arn, { ...entry, acked: true });
      if (this.#open.delete(arn)) settled++;
    }
    return settled;
  }

  /** A new connection of the same agent process: what it did not acknowledge goes out at once. */
  resume(now: Instant): void {
    for (const arn of this.#open) {
      const entry = this.#entries.get(arn);
      if (entry !== undefined) this.#entries.set(arn, { ...entry, attempts: 0, dueAt: now });
    }
  }

  /** Whether the agent has accepted an order for the task. */
  isAcked(arn: TaskArn): boolean {
    return this.#entries.get(arn)?.acked ?? false;
  }

  /** Orders without an acknowledgment. */
  get openCount(): number {
    return this.#open.size;
  }
}

function rank(order: Order): number {
  return order === 'STOPPED' ? 0 : 1;
}

/** What the dispatcher did since it started; the totals of all sessions, past ones included. */
export interface DispatchCounts {
  /** Control channels opened. */
  connections: number;
  /** Orders handed to agents, repeated ones included. An order is one task to run or to stop. */
  ordersSent: number;
  /** Of these, the ones that were due again because no acknowledgment had come. */
  ordersResent: number;
  ordersAcked: number;
  /** Messages that an agent said it cannot take. */
  messagesRefused: number;
}

export function noCounts(): DispatchCounts {
  return { connections: 0, ordersSent: 0, ordersResent: 0, ordersAcked: 0, messagesRefused: 0 };
}

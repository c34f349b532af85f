import type { TaskArn } from '#model';
import type { PayloadMessage } from '#wire/link';
import { payloadMessageLimits } from './limits.ts';
import type { Order } from './orders.ts';

/** A task ready to be sent: its payload is made into text once, and its length bounds the message. */
export interface PayloadItem {
  readonly arn: TaskArn;
  readonly order: Order;
  readonly text: string;
}

/** Items in messages of bounded size, in order; a single item beyond the bound has a message of its own. */
export function payloadBatches(items: readonly PayloadItem[]): readonly (readonly PayloadItem[])[] {
  const batches: PayloadItem[][] = [];
  let characters = 0;
  for (const item of items) {
    const last = batches.at(-1);
    const full =
      last === undefined ||
      last.length >= payloadMessageLimits.tasks ||
      characters + item.text.length > payloadMessageLimits.characters;
    if (full) {
      batches.push([item]);
      characters = item.text.length;
    } else {
      last.push(item);
      characters += item.text.length;
    }
  }
  return batches;
}

/** The frame of a PayloadMessage, put together from the texts of its tasks. */
export function payloadFrame(head: Omit<PayloadMessage, 'tasks'>, items: readonly PayloadItem[]): string {
  const members = JSON.stringify(head).slice(1, -1);
  return `{"type":"PayloadMessage","message":{${members},"tasks":[${items.map((item) => item.text).join(',')}]}}`;
}

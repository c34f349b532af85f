import type { LogStore } from '../log-store.ts';
import type { EventQuery, Place, StoredLogEvent } from '../types.ts';

export const group = '0123456789abcdef0123456789abcdef';

/** Pages of a query, one after the other, until there is none. */
export async function allPages(
  store: LogStore,
  query: Partial<EventQuery>,
): Promise<{ readonly events: readonly StoredLogEvent[]; readonly pages: number }> {
  const whole: EventQuery = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, direction: 'forward', limit: 1000, ...query };
  const events: StoredLogEvent[] = [];
  let place: Place | undefined = query.place;
  for (let pages = 1; ; pages++) {
    const page = await store.search(group, place === undefined ? whole : { ...whole, place });
    events.push(...page.events);
    if (page.next === undefined) return { events, pages };
    if (pages > 10_000) throw new Error('the pages do not end');
    place = page.next;
  }
}

/** An event as a test compares it. */
export function told({ streamName, timestampMs, message }: StoredLogEvent): string {
  return `${streamName} ${timestampMs} ${message}`;
}

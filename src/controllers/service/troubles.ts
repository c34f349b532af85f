import { elapsedMs, type Instant } from '#base';
import type { DeploymentId, Trouble } from '#model';
import { maxTroubles, placementEventIntervalMs, repeatEventAfterMs } from './limits.ts';
import { messages } from './messages.ts';
import type { Unplaced } from './starts.ts';

/** Tasks that found no host. */
export interface Shortfall {
  readonly unplaced: Unplaced;
  readonly launched: number;
  readonly missing: number;
}

/** What there is to tell of it, in one message or two. */
export function placementTroubles(service: string, id: DeploymentId, shortfall: Shortfall): Omit<Trouble, 'saidAt'>[] {
  const { unplaced, launched, missing } = shortfall;
  const none = { kind: 'placement' as const, ...unplaced };
  if (launched === 0) return [none];
  return [none, { kind: 'partial', message: messages.partial(service, missing, id) }];
}

/** What keeps a deployment from its goal as of now. */
export interface Standing {
  /** Kinds that still hold; all else is forgotten, and is news when it comes again. */
  readonly holds: ReadonlySet<Trouble['kind']>;
  /** What there is to say of them. */
  readonly found: readonly Omit<Trouble, 'saidAt'>[];
}

/**
 * What to tell the event stream, and the record that remembers it: a message is not repeated before its cause was gone or six hours have passed.
 * Source: "Amazon ECS service event messages".
 */
export function tellTroubles<T extends { readonly troubles?: readonly Trouble[] }>(
  record: T,
  standing: Standing,
  now: Instant,
): { readonly record: T; readonly messages: readonly string[] } {
  let told = (record.troubles ?? []).filter(({ kind }) => standing.holds.has(kind));
  const said: string[] = [];
  for (const trouble of standing.found) {
    const { kind, message } = trouble;
    if (!standing.holds.has(kind) || !isNews(trouble, told, now)) continue;
    said.push(message);
    told = [...told.filter((earlier) => earlier.message !== message), { ...trouble, saidAt: now }];
  }
  told = told.slice(-maxTroubles);
  if (said.length === 0 && told.length === (record.troubles?.length ?? 0)) return { record, messages: said };
  const { troubles: _, ...rest } = record;
  // Without its troubles it is still one of its kind: they are optional.
  return { record: (told.length === 0 ? rest : { ...rest, troubles: told }) as T, messages: said };
}

function isNews(candidate: Pick<Trouble, 'kind' | 'message'>, told: readonly Trouble[], now: Instant): boolean {
  return !told.some(({ kind, message, saidAt }) => {
    const ageMs = elapsedMs(saidAt, now);
    if (message === candidate.message) return ageMs < repeatEventAfterMs;
    // Placement names what is free on each host, and how much is missing, which changes all the time.
    const changes = kind === 'placement' || kind === 'partial';
    return changes && candidate.kind === kind && ageMs < placementEventIntervalMs;
  });
}

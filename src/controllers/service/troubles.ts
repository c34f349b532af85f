import { elapsedMs, type Instant } from '#base';
import type { Deployment, Trouble } from '#model';
import { maxTroubles, placementEventIntervalMs, repeatEventAfterMs } from './limits.ts';
import { without } from './record.ts';

/** What keeps a deployment from its goal as of now. */
export interface Standing {
  /** Kinds that still hold; all else is forgotten, and is news when it comes again. */
  readonly holds: ReadonlySet<Trouble['kind']>;
  /** What there is to say of them. */
  readonly found: readonly Pick<Trouble, 'kind' | 'message'>[];
}

/**
 * What to tell the event stream: a message is not repeated before its cause was gone or six hours have passed.
 * Source: "Amazon ECS service event messages".
 */
export function tellTroubles(
  deployment: Deployment,
  standing: Standing,
  now: Instant,
): { readonly deployment: Deployment; readonly messages: readonly string[] } {
  let told = (deployment.troubles ?? []).filter(({ kind }) => standing.holds.has(kind));
  const messages: string[] = [];
  for (const { kind, message } of standing.found) {
    if (!standing.holds.has(kind) || !isNews({ kind, message }, told, now)) continue;
    messages.push(message);
    told = [...told.filter((trouble) => trouble.message !== message), { kind, message, saidAt: now }];
  }
  told = told.slice(-maxTroubles);
  if (messages.length === 0 && told.length === (deployment.troubles?.length ?? 0)) return { deployment, messages };
  return {
    deployment: told.length === 0 ? without(deployment, 'troubles') : { ...deployment, troubles: told },
    messages,
  };
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

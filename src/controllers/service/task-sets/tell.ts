import type { Instant } from '#base';
import type { Deployment, Trouble } from '#model';
import { impairedAfterRounds } from '../limits.ts';
import { messages } from '../messages.ts';
import { placementTroubles, type Shortfall, tellTroubles } from '../troubles.ts';

/** What a look found out about one task set. */
export interface Findings {
  /** Why tasks never were RUNNING. */
  readonly reasons: readonly string[];
  /** Protected tasks that should go. */
  readonly held: number;
  readonly shortfall: Shortfall | undefined;
}

/** What there is to tell of a task set's troubles; the deployment remembers what was told. */
export function tellFindings(
  service: string,
  deployment: Deployment,
  { reasons, held, shortfall }: Findings,
  now: Instant,
): { readonly deployment: Deployment; readonly messages: readonly string[] } {
  const failures = deployment.backoff?.failures ?? 0;
  const unplaced = deployment.placementFailedAt !== undefined;
  const lasting: Readonly<Record<Trouble['kind'], boolean>> = {
    placement: unplaced,
    partial: unplaced,
    start: failures > 0,
    impaired: failures >= impairedAfterRounds,
    // One set alone can always start or stop something.
    stuck: false,
    held: held > 0,
    violated: false,
    // Their zones are not evened out.
    zone: false,
    unbalanced: false,
  };
  const kinds = Object.keys(lasting) as Trouble['kind'][];
  const found: Omit<Trouble, 'saidAt'>[] = [
    ...reasons.map((reason) => ({ kind: 'start' as const, message: messages.startFailed(service, reason) })),
    { kind: 'impaired', message: messages.impaired(service) },
    { kind: 'held', message: messages.held(service, deployment.id, held) },
  ];
  if (shortfall !== undefined) found.push(...placementTroubles(service, deployment.id, shortfall));
  const told = tellTroubles(deployment, { holds: new Set(kinds.filter((kind) => lasting[kind])), found }, now);
  return { deployment: told.record, messages: told.messages };
}

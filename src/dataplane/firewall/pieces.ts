import type { Chain, NamedSet } from './ruleset.ts';

/** What one part of the firewall adds to the table. */
export interface Pieces {
  readonly chains: readonly (readonly [string, Chain])[];
  readonly sets: readonly (readonly [string, NamedSet])[];
}

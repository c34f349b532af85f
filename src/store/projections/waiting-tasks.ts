import { type ClusterArn, type Task, waitingKind, waitingPlace, waitsForInstance } from '#model';
import type { RoadsteadSchema } from '../schema.ts';
import type { Projection } from '../types.ts';
import { addTo, type Tally } from './tally.ts';

const none: ReadonlyMap<string, number> = new Map();

/** Tasks that wait for an instance of their capacity provider: how many, where, and of which kinds. */
export class WaitingTasks implements Projection<RoadsteadSchema> {
  readonly tables = ['tasks'] as const;
  /** By `clusterArn/provider`, then by kind. A place without tasks is not there. */
  readonly #places = new Map<string, Tally<string>>();
  readonly #clusters: Tally<string> = new Map();

  /** All that wait in a cluster, whatever their provider. */
  countOf(clusterArn: ClusterArn): number {
    return this.#clusters.get(clusterArn) ?? 0;
  }

  /** How many wait of each kind at `clusterArn/provider`. Changes in place with later commits. */
  kindsOf(place: string): ReadonlyMap<string, number> {
    return this.#places.get(place) ?? none;
  }

  /** The places where tasks wait. */
  places(): Iterable<string> {
    return this.#places.keys();
  }

  apply(change: { readonly before: unknown; readonly after: unknown }): void {
    const before = change.before as Task | undefined;
    const after = change.after as Task | undefined;
    if (before !== undefined && waitsForInstance(before)) this.#add(before, -1);
    if (after !== undefined && waitsForInstance(after)) this.#add(after, 1);
  }

  #add(task: Task, amount: 1 | -1): void {
    const place = waitingPlace(task);
    const kinds = this.#places.get(place) ?? new Map<string, number>();
    addTo(kinds, waitingKind(task), amount);
    if (kinds.size === 0) this.#places.delete(place);
    else this.#places.set(place, kinds);
    addTo(this.#clusters, task.clusterArn, amount);
  }
}

import { afterMs, assert, type Clock, type Instant } from '#base';
import type { RoadsteadStore } from '#store';
import type { Controller } from '../controller.ts';
import { maxDeletesPerRound, pauseMs } from './limits.ts';
import type { ReaperSettings } from './settings.ts';
import { sweeps } from './sweeps.ts';

export interface ReaperControllerDeps {
  readonly store: RoadsteadStore;
  readonly clock: Clock;
}

/** Deletes what is over. Keys are the sweeps, one per kind of record; only time wakes them. */
export class ReaperController implements Controller {
  readonly name = 'reaper';
  readonly lanes = 1;
  readonly #settings: ReaperSettings;
  readonly #deps: ReaperControllerDeps;

  constructor(settings: ReaperSettings, deps: ReaperControllerDeps) {
    this.#settings = settings;
    this.#deps = deps;
  }

  keysOf(): Iterable<string> {
    return [];
  }

  allKeys(): Iterable<string> {
    return sweeps.keys();
  }

  async reconcile(key: string): Promise<Instant | undefined> {
    const { store, clock } = this.#deps;
    const sweep = sweeps.get(key);
    assert(sweep !== undefined, `there is no sweep ${key}`);
    const deleted = await store.update('reaper', (tx) =>
      sweep(tx, { now: clock.now(), settings: this.#settings, limit: maxDeletesPerRound }),
    );
    return afterMs(clock.now(), deleted >= maxDeletesPerRound ? pauseMs : this.#settings.sweepMs);
  }
}

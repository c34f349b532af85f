import type { PlantedBug } from '../planted-bug.ts';

/** Rebalancing: zones that are evened out. */
export const rebalancingBugs: readonly PlantedBug[] = [
  {
    name: 'move-ends-early',
    is: 'rebalancing stops tasks before those in their place are healthy',
    patches: [
      {
        file: 'src/controllers/service/rebalancing/decide.ts',
        find: 'if (!now.quiet || !good || tasks.some((task) => !own.healthy.includes(task))) return stays(before);',
        replace: 'if (!now.quiet) return stays(before);',
      },
    ],
  },
  {
    name: 'surplus-not-spared',
    is: 'the plan stops the tasks that rebalancing has just started',
    patches: [
      {
        file: 'src/controllers/service/rebalancing/spared.ts',
        find: 'if (rebalancing === undefined || rebalancing.started.length === 0) return none;',
        replace: 'if (rebalancing !== undefined) return none;',
      },
    ],
  },
  {
    name: 'zone-back-unnoticed',
    is: 'a zone that is back is no reason to look at services that went without it',
    faults: 'zone-loss:6',
    patches: [
      {
        file: 'src/controllers/service/controller.ts',
        find: 'if (zone !== undefined) yield* this.#zones.without(',
        replace: 'if (zone === undefined) yield* this.#zones.without(',
      },
    ],
  },
  {
    name: 'emptiest-zone-stops',
    is: 'rebalancing stops tasks in the emptiest zone',
    patches: [
      {
        file: 'src/controllers/service/rebalancing/moves.ts',
        find: 'piles.filter(({ left }) => left > 0).sort((a, b) => b.tasks - a.tasks);',
        replace: 'piles.filter(({ left }) => left > 0).sort((a, b) => a.tasks - b.tasks);',
      },
    ],
  },
];

import type { PlantedBug } from '../planted-bug.ts';

/** Task sets, and releases stage by stage. */
export const releaseBugs: readonly PlantedBug[] = [
  {
    name: 'task-set-share-rounded-down',
    is: 'the share of a task set is rounded down',
    patches: [{ file: 'src/model/task-set.ts', find: 'return Math.ceil(', replace: 'return Math.floor(' }],
  },
  {
    name: 'task-set-forgets-starting',
    is: 'tasks of a task set that are on their way do not count as there',
    patches: [
      {
        file: 'src/controllers/service/task-sets/decide.ts',
        find: 'starting: own.starting.length,',
        replace: 'starting: 0,',
      },
    ],
  },
  {
    name: 'task-set-gone-early',
    is: 'a deleted task set is forgotten while protected tasks of it run',
    patches: [
      {
        file: 'src/controllers/service/task-sets/decide.ts',
        find: 'if (task.deploymentId !== taskSet.id || !holdsResources(task)) return true;',
        replace: 'if (task.deploymentId !== taskSet.id || task.protectedUntil !== undefined) return true;',
      },
    ],
  },
  {
    name: 'pause-not-waited-for',
    is: 'a stage is left while one of its hooks waits',
    patches: [
      {
        file: 'src/controllers/service/stages/advance.ts',
        find: 'const expiry = nextExpiry(record);',
        replace: 'const expiry = nextExpiry({});',
      },
    ],
  },
  {
    name: 'blue-goes-too-soon',
    is: 'the tasks that a release comes from stop before it cleans up',
    patches: [
      {
        file: 'src/controllers/service/stages/plan.ts',
        find: "if (role === 'source' || role === 'unproven source') return",
        replace: "if (role === 'unproven source') return",
      },
    ],
  },
];

import type { PlantedBug } from '../planted-bug.ts';

/** Where tasks go, and those that wait for room. */
export const placementBugs: readonly PlantedBug[] = [
  {
    name: 'draining-host-filled',
    is: 'a host that is being emptied gets new tasks',
    patches: [
      {
        file: 'src/scheduler/filters/standing.ts',
        find: "if (status !== 'ACTIVE')",
        replace: "if (status === 'INACTIVE')",
      },
    ],
  },
  {
    name: 'provider-ignored',
    is: 'tasks of a capacity provider are placed on instances of others',
    patches: [
      {
        file: 'src/scheduler/filters/provider.ts',
        find: 'host.capacityProviderName === capacityProvider) return undefined;',
        replace: 'host.status !== undefined) return undefined;',
      },
    ],
  },
  {
    name: 'waits-for-ever',
    is: 'a task that waits for an instance is never stopped',
    patches: [
      {
        file: 'src/controllers/capacity/waiting.ts',
        find: 'const isOverdue = (task: Task): boolean => afterMs(task.createdAt, options.waitMs) <= options.now;',
        replace: 'const isOverdue = (task: Task): boolean => afterMs(task.createdAt, options.waitMs) < 0;',
      },
      {
        file: 'src/controllers/capacity/waiting.ts',
        find: 'return head === undefined ? undefined : afterMs(head.createdAt, waitMs);',
        replace: 'return undefined;',
      },
    ],
  },
  {
    name: 'weights-ignored',
    is: 'all tasks of a strategy go to the provider that is farthest below its part at the start',
    patches: [
      {
        file: 'src/capacity/strategy.ts',
        find: 'gaps[index] = (gaps[index] ?? 0) - tally.unit;',
        replace: '',
      },
    ],
  },
];

import type { PlantedBug } from '../planted-bug.ts';

/** Cloud Map's instances of tasks. */
export const nameBugs: readonly PlantedBug[] = [
  {
    name: 'names-kept',
    is: 'what no longer serves keeps its name',
    patches: [
      {
        file: 'src/controllers/registries/decide.ts',
        find: 'return registered.length === 0 ? nothing : { remove: registered };',
        replace: 'return nothing;',
      },
    ],
  },
  {
    name: 'names-too-early',
    is: 'a task is registered as soon as it has an address',
    patches: [
      {
        file: 'src/controllers/registries/decide.ts',
        find: "task.desiredStatus === 'RUNNING' && task.lastStatus === 'RUNNING';",
        replace: "task.desiredStatus === 'RUNNING';",
      },
    ],
  },
  {
    name: 'names-change-unseen',
    is: 'an instance that goes is not counted in the revision of its service',
    patches: [
      {
        file: 'src/controllers/registries/controller.ts',
        find: 'tx.discoveryInstances.delete(discoveryInstanceKey(serviceId, instanceId));\n    countRevision(tx, serviceId);',
        replace: 'tx.discoveryInstances.delete(discoveryInstanceKey(serviceId, instanceId));',
      },
    ],
  },
];

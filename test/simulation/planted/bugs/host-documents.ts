import type { PlantedBug } from '../planted-bug.ts';

/** What hosts are told of networks and names, and become. */
export const hostDocumentBugs: readonly PlantedBug[] = [
  {
    name: 'documents-under-way',
    is: 'what changes while a host has not acknowledged the last message is not told',
    patches: [
      {
        file: 'src/dispatch/host-state/channel.ts',
        find: 'if (!this.#everything && this.#wants(key))',
        replace: 'if (!this.#everything && this.#inFlight === undefined && this.#wants(key))',
      },
    ],
  },
  {
    name: 'documents-for-ever',
    is: 'a host keeps the networks of tasks that it has no longer',
    patches: [
      {
        file: 'src/dispatch/host-state/documents.ts',
        find: 'if (before !== undefined) this.#count(before.host, before.scope, -1);',
        replace: '',
      },
    ],
  },
  {
    name: 'documents-while-away',
    is: 'what went while an agent was away stays on its host',
    patches: [
      {
        file: 'src/agent/host-state/host-state.ts',
        find: 'complete ? this.#notNamed(series.put) : series.remove',
        replace: 'series.remove',
      },
    ],
  },
  {
    name: 'documents-half',
    is: 'what a host could not be made is not tried again',
    patches: [
      {
        file: 'src/agent/host-state/part-runner.ts',
        find: '        this.#add(changes);\n        const retryInMs',
        replace: '        const retryInMs',
      },
    ],
  },
];

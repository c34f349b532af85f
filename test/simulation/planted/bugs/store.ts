import type { PlantedBug } from '../planted-bug.ts';

/** What is stored, and the totals kept beside it. */
export const storeBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledged-early',
    is: 'a transaction is acknowledged before it is on disk',
    patches: [
      {
        file: 'src/store/live-store.ts',
        find: 'this.#pending.push({ ...commit, waiting: [settle] });',
        replace: 'this.#pending.push({ ...commit, waiting: [settle] });\n      resolve(value);',
      },
    ],
  },
  {
    name: 'refusal-kept',
    is: 'what the disk refused stays in memory',
    patches: [
      {
        file: 'src/store/live-store.ts',
        find: 'for (let i = commits.length - 1; i >= 0; i--) this.#state.undo(commits[i]?.steps ?? []);',
        replace: '',
      },
    ],
  },
  {
    name: 'undo-forward',
    is: 'refused transactions are taken back oldest first, so that a later one wins',
    faults: 'all,disk-full:40,slow-disk:10',
    patches: [
      {
        file: 'src/store/live-store.ts',
        find: 'for (let i = commits.length - 1; i >= 0; i--) this.#state.undo(',
        replace: 'for (let i = 0; i < commits.length; i++) this.#state.undo(',
      },
    ],
  },
  {
    name: 'undo-without-totals',
    is: 'taking back forgets the totals',
    patches: [
      {
        file: 'src/store/state.ts',
        find: 'if (step !== undefined) this.#set({ ...step, before: step.after, after: step.before });',
        replace: 'if (step !== undefined) step.table.set(step.key, step.before);',
      },
    ],
  },
  {
    name: 'snapshot-too-new',
    is: 'a snapshot claims what changed while it was written',
    patches: [
      {
        file: 'src/store/snapshotter.ts',
        find: 'await writer.commit({ base, until,',
        replace: 'await writer.commit({ base: until, until,',
      },
    ],
  },
  {
    name: 'ports-free-too-soon',
    is: 'a host port counts as free while its task stops',
    patches: [
      {
        file: 'src/store/projections/instance-load.ts',
        find: 'load.tcpPorts = counted(load.tcpPorts, noPorts, reserves.tcpPorts, sign);',
        replace:
          "if (task.desiredStatus === 'RUNNING') load.tcpPorts = counted(load.tcpPorts, noPorts, reserves.tcpPorts, sign);",
      },
    ],
  },
  {
    name: 'pending-weighs-nothing',
    is: 'a host does not count tasks that are not RUNNING yet',
    patches: [
      {
        file: 'src/store/projections/instance-load.ts',
        find: 'if (task.hostArn === undefined || !holdsResources(task)) return;',
        replace: "if (task.hostArn === undefined || !holdsResources(task) || task.lastStatus === 'PENDING') return;",
      },
    ],
  },
];

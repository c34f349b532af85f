import type { PlantedBug } from '../planted-bug.ts';

/** Agents: what they are told, who is connected, addresses and GPUs of tasks. */
export const hostBugs: readonly PlantedBug[] = [
  {
    name: 'gpus-by-number',
    is: 'as many GPUs count as free as there should be, whichever they are',
    patches: [
      {
        file: 'src/model/container-instance.ts',
        find: 'return gpuIds.filter((id) => !taken.gpuIds.has(id)).slice(0, left);',
        replace: 'return gpuIds.slice(gpuIds.length - left);',
      },
    ],
  },
  {
    name: 'orders-sent-once',
    is: 'an order counts as acknowledged once it was sent',
    // A restart of the control plane sends everything again.
    faults: 'all,-crash,-restart,cut:30,partition:30',
    patches: [
      {
        file: 'src/dispatch/handover.ts',
        find: 'if ((this.#entries.get(arn)?.attempts ?? 0) > 0) again++;\n      this.postpone(arn, now);',
        replace: 'this.#open.delete(arn);',
      },
    ],
  },
  {
    name: 'manifest-forgets',
    is: 'a manifest leaves acknowledged tasks out, and the agent is let stop what it asks for',
    patches: [
      {
        file: 'src/dispatch/acs-session.ts',
        find: 'if (order === undefined) continue;',
        replace: 'if (order === undefined || this.#deps.handover.isAcked(task.taskArn)) continue;',
      },
      {
        file: 'src/dispatch/acs-session.ts',
        find: 'return wanted ? undefined :',
        replace: 'return wanted && false ? undefined :',
      },
    ],
  },
  {
    name: 'stale-connection',
    is: 'the end of a replaced connection counts as the end of its successor',
    patches: [
      {
        file: 'src/dispatch/dispatcher.ts',
        find: 'if (host?.session !== session) return;',
        replace: 'if (host === undefined) return;',
      },
    ],
  },
  {
    name: 'agents-hurry',
    is: 'agents are told to come back at once while the disk takes nothing',
    faults: 'disk-full:20',
    patches: [
      {
        file: 'src/dispatch/dispatcher.ts',
        find: 'const tryAgainLater = 1013;',
        replace: 'const tryAgainLater = 1011;',
      },
    ],
  },
  {
    name: 'lost-for-ever',
    is: 'a host that was lost and is back is still taken for lost',
    patches: [
      {
        file: 'src/controllers/instances/decide.ts',
        find: 'if (instance.lostAt === undefined) return { after: instance, wakeAt: undefined };',
        replace: 'return { after: instance, wakeAt: undefined };',
      },
    ],
  },
  {
    name: 'address-free-too-soon',
    is: 'an address is given back while its task still runs',
    patches: [
      {
        file: 'src/controllers/interfaces/decide.ts',
        find: "taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING')",
        replace: "taskStatusRank(task.lastStatus) >= taskStatusRank('STOPPING')",
      },
      {
        file: 'src/controllers/interfaces/controller.ts',
        find: "taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING')",
        replace: "taskStatusRank(task.lastStatus) >= taskStatusRank('STOPPING')",
      },
    ],
  },
  {
    name: 'address-not-looked-up',
    is: 'an address is taken for free because a cursor says so',
    patches: [
      {
        file: 'src/controllers/interfaces/decide.ts',
        find: '(text) => view.isAddressUsed(text)',
        replace: '() => false',
      },
    ],
  },
];

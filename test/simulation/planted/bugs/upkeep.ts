import type { PlantedBug } from '../planted-bug.ts';

/** Statuses, events, what is forgotten when, and chance that is not from the seed. */
export const upkeepBugs: readonly PlantedBug[] = [
  {
    name: 'leaving-tasks-untold',
    is: 'what an instance has left is told when a task comes, and not when one goes',
    faults: 'none',
    patches: [
      {
        file: 'src/events/recorder.ts',
        find: 'if (from !== undefined) arns.add(from);',
        replace: '',
      },
    ],
  },
  {
    name: 'status-goes-back',
    is: 'reports are believed in whatever order they come',
    faults: 'all,reorder:60,duplicate:60',
    patches: [
      {
        file: 'src/model/task-lifecycle.ts',
        find: 'return agentStatuses.indexOf(said) > agentStatuses.indexOf(current) ? said : current;',
        replace: 'return said;',
      },
    ],
  },
  {
    name: 'machine-timer',
    is: "the product sets one of the machine's own timers",
    patches: [
      {
        file: 'src/base/key-queue.ts',
        find: '#pump(): void {',
        replace: '#pump(): void {\n    setTimeout(() => {}, 0);',
      },
    ],
  },
  {
    name: 'machine-randomness',
    is: "the product draws from the machine's own randomness",
    patches: [
      {
        file: 'src/base/ids.ts',
        find: 'const hex = this.hex(30);',
        replace: 'const hex = this.hex(30);\n    Math.random();',
      },
    ],
  },
  {
    name: 'reaped-early',
    is: 'a stopped task is deleted before its hour is over',
    patches: [
      {
        file: 'src/controllers/reaper/decide.ts',
        find: 'return ageMs >= settings.stoppedTaskMinMs && (',
        replace: 'return ageMs >= settings.stoppedTaskMinMs / 2 && (',
      },
    ],
  },
  {
    name: 'token-forgotten',
    is: 'the token of a RunTask is not stored with its tasks',
    patches: [
      {
        file: 'src/api/ecs/RunTask.ts',
        find: 'if (command.once !== undefined) rememberLaunch(tx, cluster.clusterArn, command.once, { tasks, failures }, ctx);',
        replace: '',
      },
    ],
  },
  {
    name: 'definition-deleted-in-use',
    is: 'a definition that is to go is deleted although tasks of it run',
    patches: [
      {
        file: 'src/controllers/reaper/sweeps.ts',
        find: 'return isDefinitionOver(definition, { liveTasks,',
        replace: 'return isDefinitionOver(definition, { liveTasks: liveTasks * 0,',
      },
    ],
  },
  {
    name: 'event-without-version',
    is: 'the end of a task, once its interface is given back, has no version and so no event',
    patches: [
      {
        file: 'src/model/task-lifecycle.ts',
        find: "return settle(changed(task, { attachment: { ...task.attachment, status: 'DELETED' } }), at);",
        replace: "return settle({ ...task, attachment: { ...task.attachment, status: 'DELETED' } }, at);",
      },
    ],
  },
  {
    name: 'event-for-the-first-alone',
    is: 'of the tasks that one transaction changes, the first alone is told of',
    patches: [
      {
        file: 'src/events/recorder.ts',
        find: 'yield* taskEvents(task);',
        replace: 'if (tasks.length === 1) yield* taskEvents(task);',
      },
    ],
  },
];

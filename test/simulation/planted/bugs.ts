/** A bug that is not in the product: pieces of its source that are replaced while it is loaded. */
export interface PlantedBug {
  readonly name: string;
  readonly is: string;
  /** The faults that bring it out, when others would hide it; default all. */
  readonly faults?: string;
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

/** Every bug the simulation has to find. What is replaced occurs exactly once in its file. */
export const bugs: readonly PlantedBug[] = [
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
        find: 'load.tcpPorts = withPorts(load.tcpPorts, reserves.tcpPorts, sign);',
        replace:
          "if (task.desiredStatus === 'RUNNING') load.tcpPorts = withPorts(load.tcpPorts, reserves.tcpPorts, sign);",
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
    name: 'maximum-rounded-up',
    is: 'a service may have one task more than its maximum',
    patches: [
      {
        file: 'src/controllers/service/rollout.ts',
        find: 'upper: Math.floor(',
        replace: 'upper: Math.ceil(',
      },
    ],
  },
  {
    name: 'minimum-rounded-down',
    is: 'a service may have one healthy task less than its minimum',
    patches: [
      {
        file: 'src/controllers/service/rollout.ts',
        find: 'lower: Math.min(desired, Math.ceil(',
        replace: 'lower: Math.min(desired, Math.floor(',
      },
    ],
  },
  {
    name: 'two-releases',
    is: 'a release goes on when another takes its place',
    patches: [
      {
        file: 'src/api/ecs/service/deployment.ts',
        find: 'endServiceDeployments(tx, service, `${record.serviceDeploymentArn} took its place`, ctx);',
        replace: '',
      },
    ],
  },
  {
    name: 'rollback-unnumbered',
    is: 'a rollback does not say which revision it goes back to',
    patches: [
      {
        file: 'src/controllers/service/failure.ts',
        find: 'revisionId: revisionIdOf(target),',
        replace: '',
      },
    ],
  },
  {
    name: 'breaker-forgetful',
    is: 'the circuit breaker sets its count back though it shall not',
    patches: [
      {
        file: 'src/controllers/service/failures.ts',
        find: 'context.resets && healthyTasks > (deployment.healthyTasks ?? 0)',
        replace: 'healthyTasks > (deployment.healthyTasks ?? 0)',
      },
    ],
  },
  {
    name: 'early-too-early',
    is: 'early success rounds the share of healthy tasks down',
    patches: [
      {
        file: 'src/controllers/service/finish.ts',
        find: 'Math.max(1, Math.ceil((service.desiredCount',
        replace: 'Math.max(1, Math.floor((service.desiredCount',
      },
    ],
  },
  {
    name: 'breaker-late',
    is: 'the circuit breaker opens one failure late',
    patches: [
      {
        file: 'src/controllers/service/breaker.ts',
        find: 'deployment.failedTasks >= breakerThreshold(',
        replace: 'deployment.failedTasks > breakerThreshold(',
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
    name: 'completed-early',
    is: 'a deployment is completed with one task missing',
    patches: [
      {
        file: 'src/controllers/service/finish.ts',
        find: 'tally.healthy.length === desired && presentCount(tally) === desired',
        replace: 'tally.healthy.length >= desired - 1 && presentCount(tally) === desired',
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
    name: 'draining-host-filled',
    is: 'a host that is being emptied gets new tasks',
    patches: [
      {
        file: 'src/scheduler/filters/standing.ts',
        find: "if (host.status !== 'ACTIVE')",
        replace: "if (host.status === 'INACTIVE')",
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
    name: 'protection-not-asked',
    is: 'a deployment stops tasks that are protected',
    patches: [
      {
        file: 'src/controllers/service/tally.ts',
        find: 'const held = isProtected(task, options.now);',
        replace: 'const held = false;',
      },
    ],
  },
  {
    name: 'protection-forgets-the-rest',
    is: 'tasks are held by their number, but others are stopped in place of those that are free',
    patches: [
      {
        file: 'src/controllers/service/stops.ts',
        find: "if (kind === 'unhealthy' || tally.held[kind] === 0) return { from: tally[kind], held: [] };",
        replace: 'return { from: tally[kind], held: [] };',
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
        find: 'if (event !== undefined) yield event;',
        replace: 'if (event !== undefined && tasks.length === 1) yield event;',
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
  {
    name: 'daemon-goes-first',
    is: 'on an instance that drains a daemon stops at once',
    faults: 'none',
    patches: [
      {
        file: 'src/controllers/service/daemon.ts',
        find: 'return view.onlyDaemonsOn(hostArn) ?',
        replace: 'return hostArn !== undefined ?',
      },
    ],
  },
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

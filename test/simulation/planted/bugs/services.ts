import type { PlantedBug } from '../planted-bug.ts';

/** Services: how many tasks run, roll-overs, the circuit breaker, protection. */
export const serviceBugs: readonly PlantedBug[] = [
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
    name: 'daemon-goes-first',
    is: 'on an instance that drains a daemon stops at once',
    faults: 'none',
    patches: [
      {
        file: 'src/controllers/service/daemon.ts',
        find: "if (!view.onlyDaemonsOn(hostArn)) return 'waits';",
        replace: '',
      },
    ],
  },
];

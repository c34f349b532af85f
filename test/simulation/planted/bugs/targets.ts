import type { PlantedBug } from '../planted-bug.ts';

/** Services behind load balancers. */
export const targetBugs: readonly PlantedBug[] = [
  {
    name: 'shifts-unserved',
    is: 'a shift of traffic counts as soon as the hosts have heard of it',
    balanced: true,
    patches: [
      {
        file: 'src/balancing/nodes.ts',
        find: 'return said?.digest === undefined || said.hostArn !== hostArn || said.digest === digest;',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'targets-kept',
    is: 'tasks that stop stay targets',
    balanced: true,
    patches: [
      {
        file: 'src/controllers/targets/registration-controller.ts',
        find: '      deregisterTarget(tx, target, now);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'targets-never-checked',
    is: 'what hosts find out about targets is not heard',
    balanced: true,
    patches: [
      {
        file: 'src/main/target-reports.ts',
        find: '          applyTargetReports(tx, host, ofTargets);\n',
        replace: '',
      },
    ],
  },
];

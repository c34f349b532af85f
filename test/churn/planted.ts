import type { PlantedBug } from '../simulation/planted/planted-bug.ts';

/** Which bug a process runs with. */
export const plantedVariable = 'ROADSTEAD_CHURN_PLANTED';

/** Leaks and lies that the product has not; the churn must find each. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'volume',
    is: 'volumes of a task stay when it is cleaned up',
    patches: [
      {
        file: 'src/agent/task/steps/host.ts',
        find: 'for (const name of Object.values(task.taskVolumes)) await runtime.removeVolume(name);',
        replace: '',
      },
    ],
  },
  {
    name: 'group',
    is: 'the control group of a task stays when it has stopped',
    patches: [
      {
        file: 'src/agent/task/steps/host.ts',
        find: 'async () => cgroups?.remove(shortId(task.taskArn))',
        replace: 'async () => {}',
      },
    ],
  },
  {
    name: 'address',
    is: 'the address of a stopped task is not given back',
    patches: [
      {
        file: 'src/controllers/interfaces/controller.ts',
        find: 'for (const eni of view.interfaces) tx.networkInterfaces.delete(eni.networkInterfaceId);',
        replace: '',
      },
    ],
  },
  {
    name: 'amnesia',
    is: 'an agent that comes back has forgotten its tasks, and removes their containers as strangers',
    patches: [
      {
        file: 'src/agent/agent.ts',
        find: 'parts.engine.restore(saved);',
        replace: 'parts.engine.restore({ tasks: [] });',
      },
    ],
  },
];

/** What makes every process that is given it run with the bug. */
export function plantedEnvironment(name: string): Record<string, string> {
  if (!plantedBugs.some((bug) => bug.name === name)) throw new Error(`there is no planted bug ${name}`);
  const hook = new URL('./plant.ts', import.meta.url).pathname;
  return { [plantedVariable]: name, NODE_OPTIONS: `--import=${hook}` };
}

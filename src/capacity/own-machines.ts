import { groupAttribute, scopeKey } from '#model';
import type { AutoScalingGroups } from './groups.ts';

/**
 * Groups of machines that their owner starts and ends. A group is there while a machine that names it is registered.
 * Nothing here launches or ends a machine, so every one of them is protected from scale-in.
 */
export const ownMachines: AutoScalingGroups = {
  find: (view, scope, name) => {
    const machines = view.containerInstances.count('group', `${scopeKey(scope)}/${name}`);
    if (machines === 0) return undefined;
    return {
      name,
      protectsFromScaleIn: true,
      launches: false,
      desiredCapacity: machines,
      minSize: 0,
      maxSize: Number.MAX_SAFE_INTEGER,
    };
  },
  machines: (view, scope, name) =>
    [...view.containerInstances.by('group', `${scopeKey(scope)}/${name}`)].map((instance) => ({
      instance,
      protectedFromScaleIn: true,
    })),
  setDesiredCapacity: () => {},
  setProtection: () => {},
  letGo: () => {},
  howToMake: (name) =>
    `Roadstead launches no machines: an Auto Scaling group is made of those whose agent registered with its name. ` +
    `Start one with ECS_INSTANCE_ATTRIBUTES='{"${groupAttribute}":"${name}"}' and try again.`,
};

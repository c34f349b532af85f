import { isTaskCpu, parseTaskCpu, parseTaskMemory } from '../size.ts';
import { eachContainer, nameOf, type Rule } from './rule.ts';

/** "Task size": 128 to 196608 CPU units (0.125 to 192 vCPU) as units or as vCPU. Observed text. */
export const taskCpuIsValid: Rule = ({ input }) => {
  if (input.cpu === undefined) return undefined;
  const cpuUnits = parseTaskCpu(input.cpu);
  return cpuUnits !== undefined && isTaskCpu(cpuUnits) ? undefined : "Invalid 'cpu' setting for task.";
};

/** "Task size": any whole number of MiB, or of GB. Text by the one for cpu. */
export const taskMemoryIsValid: Rule = ({ input }) => {
  if (input.memory === undefined) return undefined;
  const memoryMiB = parseTaskMemory(input.memory);
  return memoryMiB !== undefined && memoryMiB > 0 ? undefined : "Invalid 'memory' setting for task.";
};

/** "Task definition parameters", cpu: all containers together take no more than the task has. Observed text. */
export const containerCpusFitTask: Rule = ({ content, windows }) => {
  if (content.cpu === undefined || windows) return undefined;
  const sum = content.containerDefinitions.reduce((total, container) => total + (container.cpu ?? 0), 0);
  return sum > Number(content.cpu)
    ? "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
    : undefined;
};

/** "Task definition parameters", memory: no container has more than its task. Observed text. */
export const containerMemoryFitsTask: Rule = eachContainer((container, { content, windows }) => {
  if (content.memory === undefined || windows) return undefined;
  return (container.memory ?? 0) > Number(content.memory)
    ? `The 'memory' setting for container '${nameOf(container)}' is greater than for the task`
    : undefined;
});

/** ContainerDefinition, memory: the memory reserved for all containers fits the task's. Text by the one for cpu. */
export const containerMemoriesFitTask: Rule = ({ content, windows }) => {
  if (content.memory === undefined || windows) return undefined;
  const sum = content.containerDefinitions.reduce(
    (total, container) => total + (container.memoryReservation ?? container.memory ?? 0),
    0,
  );
  return sum > Number(content.memory)
    ? "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'."
    : undefined;
};

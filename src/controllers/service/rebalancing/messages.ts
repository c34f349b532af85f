import { type DeploymentId, shortId, type Task } from '#model';
import type { ZoneTasks } from './zones.ts';

const inEach = (zones: readonly ZoneTasks[]): string =>
  zones
    .toSorted((a, b) => b.tasks - a.tasks || (a.zone < b.zone ? -1 : 1))
    .map(({ zone, tasks }) => `${tasks} tasks in ${zone}`)
    .join(', ');
const listed = (tasks: readonly Task[]): string => tasks.map(({ taskArn }) => `(task ${shortId(taskArn)})`).join(' ');

/**
 * What the service's event stream is told. Source: "Amazon ECS Availability Zone service rebalancing service event
 * messages" in the ECS developer guide; the zones' list and the parentheses around names as observed.
 */
export const rebalancingMessages = {
  begins: (service: string, zones: readonly ZoneTasks[]): string =>
    `(service ${service}) is not AZ balanced with ${inEach(zones)}. AZ Rebalancing in progress.`,
  completed: (service: string, zones: readonly ZoneTasks[]): string =>
    `(service ${service}) is AZ balanced with ${inEach(zones)}.`,
  started: (service: string, zone: string, tasks: readonly Task[]): string =>
    `(service ${service}) has started ${tasks.length} tasks in ${zone} to AZ Rebalance: ${listed(tasks)}.`,
  stoppedTasks: (service: string, zone: string, tasks: readonly Task[]): string =>
    `(service ${service}) has stopped ${tasks.length} running tasks in ${zone} due to AZ rebalancing: ${listed(tasks)}.`,
  full: (service: string, zone: string, isFargate: boolean): string =>
    `(service ${service}) is unable to place a task in ${zone}` +
    (isFargate ? '.' : ' because no container instance met all of its requirements.'),
  held: (service: string, id: DeploymentId, count: number): string =>
    `(service ${service}) was unable to AZ Rebalance because (taskSet ${id}) was unable to scale in due to ` +
    `(reason ${count} tasks under protection).`,
  stopped: (service: string): string => `(service ${service}) stopped AZ Rebalancing.`,
};

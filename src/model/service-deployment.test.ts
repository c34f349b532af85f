import { describe, expect, it } from 'vitest';
import { isTerminal, mayFollow, type ServiceDeploymentStatus } from './service-deployment.ts';

/** The table of "View service history using Amazon ECS service deployments", word for word. */
const table: Readonly<Record<ServiceDeploymentStatus, string>> = {
  PENDING: 'IN_PROGRESS, ROLLBACK_REQUESTED, STOP_REQUESTED, STOPPED',
  IN_PROGRESS: 'SUCCESSFUL, STOP_REQUESTED, ROLLBACK_REQUESTED, ROLLBACK_IN_PROGRESS, STOPPED',
  STOP_REQUESTED: 'STOPPED',
  ROLLBACK_REQUESTED: 'ROLLBACK_IN_PROGRESS, SUCCESSFUL, STOPPED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED',
  SUCCESSFUL: '',
  STOPPED: '',
  ROLLBACK_SUCCESSFUL: '',
  ROLLBACK_FAILED: '',
};

describe('the status of a service deployment', () => {
  const statuses = Object.keys(table) as ServiceDeploymentStatus[];

  it.each(statuses)('%s is followed by what ECS says, or stays', (before) => {
    const legal = statuses.filter((after) => after !== before && mayFollow(before, after));
    expect(legal.toSorted()).toEqual(table[before].split(', ').filter(Boolean).toSorted());
    expect(mayFollow(before, before)).toBe(true);
    expect(isTerminal(before)).toBe(table[before] === '');
  });
});

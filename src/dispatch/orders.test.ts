import { describe, expect, it } from 'vitest';
import { taskStatuses } from '#model';
import { orderFor } from './orders.ts';
import { hostArn } from './test-support/records.ts';

describe('the order a task calls for', () => {
  it('is to run from PENDING to RUNNING, to stop while STOPPING, and nothing else', () => {
    const orders = (desiredStatus: 'RUNNING' | 'STOPPED') =>
      taskStatuses.flatMap((lastStatus) => {
        const order = orderFor({ desiredStatus, lastStatus, hostArn });
        return order === undefined ? [] : [`${lastStatus}: ${order}`];
      });
    expect(orders('RUNNING')).toEqual([
      'PENDING: RUNNING',
      'ACTIVATING: RUNNING',
      'RUNNING: RUNNING',
      'STOPPING: STOPPED',
    ]);
    // While registrations are taken back (DEACTIVATING) the agent hears nothing yet.
    expect(orders('STOPPED')).toEqual(['STOPPING: STOPPED']);
  });

  it('is none without a host', () => {
    expect(orderFor({ desiredStatus: 'RUNNING', lastStatus: 'PENDING' })).toBeUndefined();
  });
});

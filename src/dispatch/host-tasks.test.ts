import { describe, expect, it } from 'vitest';
import { Ids, SeededRandom } from '#base';
import { hostGone, type Task } from '#model';
import { HostTasks } from './host-tasks.ts';
import { definition, hostArn, placedTask, startedAt } from './test-support/records.ts';

const ids = new Ids(new SeededRandom(1));
const older = placedTask(definition(), ids);
const newer: Task = { ...older, version: 2 };
const arn = older.taskArn;

describe('the tasks of a host', () => {
  it('follow commits after the revision they were read at, and none before', () => {
    const tasks = new HostTasks(hostArn);
    tasks.finishLoad(5, [newer]);
    expect(tasks.observe({ revision: 5, arn, task: older })).toBe(false);
    expect(tasks.find(arn)).toBe(newer);
    expect(tasks.observe({ revision: 6, arn, task: older })).toBe(true);
    expect(tasks.find(arn)).toBe(older);
  });

  it('keep commits that come while they are read', () => {
    const tasks = new HostTasks(hostArn);
    tasks.startLoad();
    tasks.observe({ revision: 4, arn, task: undefined });
    tasks.observe({ revision: 6, arn, task: newer });
    expect([tasks.loaded, tasks.find(arn)]).toEqual([false, undefined]);
    tasks.finishLoad(5, [older]);
    expect([tasks.loaded, tasks.find(arn)]).toEqual([true, newer]);
  });

  it('are those that still hold something of this host', () => {
    const tasks = new HostTasks(hostArn);
    const elsewhere = placedTask(definition(), ids, { on: `${hostArn.slice(0, -1)}0` as typeof hostArn });
    tasks.finishLoad(1, [older, elsewhere]);
    expect([...tasks.all()]).toEqual([older]);
    const gone = hostGone(older, { stopCode: 'UserInitiated', reason: 'gone', at: startedAt });
    tasks.observe({ revision: 2, arn, task: gone });
    expect([...tasks.all()]).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { instantFromMs, silentLogger } from '#base';
import { applyTaskReport, hostGone, placeTask, requestStop, type Task } from '#model';
import { MemoryJournal } from './backends/memory.ts';
import { openStore } from './open-store.ts';
import { checkOwnership, ownership } from './ownership.ts';
import { schema } from './schema.ts';
import { aTask, hosts } from './test-support/records.ts';

const at = instantFromMs(1_700_000_000_000);

function check(writer: string, before: Task | undefined, after: Task | undefined): void {
  checkOwnership(ownership, { table: 'tasks', key: 'a', before, after }, writer);
}

describe('ownership', () => {
  it('names the table, the field and the writer that must not write it', () => {
    const before = aTask('a');
    expect(() => check('dispatch', before, { ...before, hostArn: hosts[0]! })).toThrow(
      'writer dispatch must not change tasks.hostArn of a',
    );
    const { attachment: _, ...without } = aTask('a', { attachment: { id: 'a', status: 'ATTACHED' } });
    expect(() => check('api', { ...without, attachment: { id: 'a', status: 'ATTACHED' } }, without)).toThrow(
      'writer api must not change tasks.attachment',
    );
    expect(() => check('dispatch', undefined, before)).toThrow('writer dispatch must not create tasks a');
    expect(() => check('api', before, undefined)).toThrow('writer api must not delete tasks a');
    expect(() => check('nobody', before, { ...before, tags: [] })).toThrow('writer nobody');
  });

  it('gives a field to the writers of "*" only when it is not named', () => {
    const table = { t: { create: [], delete: [], fields: { '*': ['api'], named: ['service'] } } } as const;
    const change = { table: 't', key: 'k', before: { other: 1, named: 1 } };
    checkOwnership(table as never, { ...change, after: { other: 2, named: 1 } }, 'api');
    checkOwnership(table as never, { ...change, after: { other: 1, named: 2 } }, 'service');
    expect(() => checkOwnership(table as never, { ...change, after: { other: 1, named: 2 } }, 'api')).toThrow(
      't.named',
    );
    expect(() => checkOwnership(table as never, { ...change, after: { other: 2, named: 1 } }, 'service')).toThrow();
  });

  it('lets each writer do what the state machine does for it', () => {
    const made = aTask('a');
    const placed = placeTask(made, hosts[0]!, 'us-east-1a');
    check('service', made, placed);
    const running = applyTaskReport(placed, { status: 'RUNNING', containers: [] }, at);
    check('dispatch', placed, running);
    check('api', running, requestStop(running, { stopCode: 'UserInitiated', reason: 'why', at }));
    check('service', running, requestStop(running, { stopCode: 'ServiceSchedulerInitiated', reason: 'why', at }));
    check('dispatch', running, applyTaskReport(running, { status: 'STOPPED', containers: [] }, at));
    check('instances', running, hostGone(running, { stopCode: 'InfrastructureHealth', reason: 'gone', at }));
  });

  it('is enforced by the store, which then takes the transaction back', async () => {
    const store = await openStore(schema, { journal: new MemoryJournal(), logger: silentLogger, ownership });
    await store.update('api', (tx) => tx.tasks.put(aTask('a')));
    const task = store.view.tasks.get(aTask('a').taskArn);
    const attempt = store.update('reaper', (tx) => tx.tasks.put({ ...task, group: 'other' }));
    await expect(attempt).rejects.toThrow('writer reaper must not change tasks.group');
    expect(store.view.tasks.get(task.taskArn)).toBe(task);
    expect(store.revision).toBe(1);
  });

  it('covers every table', () => {
    expect(Object.keys(ownership).toSorted()).toEqual(Object.keys(schema).toSorted());
  });
});

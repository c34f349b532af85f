import { describe, expect, it } from 'vitest';
import { silentLogger } from '#base';
import { MemoryJournal } from './backends/memory.ts';
import { openStore } from './open-store.ts';
import { schema } from './schema.ts';
import { aService, aServiceDeployment, aTask } from './test-support/records.ts';

describe('tasks', () => {
  it.each([
    [
      'go back',
      aTask('a', { lastStatus: 'RUNNING' }),
      aTask('a', { lastStatus: 'PENDING' }),
      /must not go back from RUNNING to PENDING/,
    ],
    [
      'be revived',
      aTask('a', { desiredStatus: 'STOPPED' }),
      aTask('a', { desiredStatus: 'RUNNING' }),
      /must not be revived/,
    ],
  ])('never %s: the transaction is taken back', async (_, before, after, message) => {
    const store = await openStore(schema, { journal: new MemoryJournal(), logger: silentLogger });
    await store.update('test', (tx) => tx.tasks.put(before));
    await expect(store.update('test', (tx) => tx.tasks.put(after))).rejects.toThrow(message);
    expect(store.view.tasks.get(before.taskArn)).toEqual(before);
    await store.close();
  });
});

describe('service deployments', () => {
  it('never go where none may go: the transaction is taken back', async () => {
    const store = await openStore(schema, { journal: new MemoryJournal(), logger: silentLogger });
    const record = aServiceDeployment(aService('web'), { status: 'ROLLBACK_IN_PROGRESS' });
    await store.update('test', (tx) => tx.serviceDeployments.put(record));
    const back = store.update('test', (tx) => tx.serviceDeployments.put({ ...record, status: 'SUCCESSFUL' }));
    await expect(back).rejects.toThrow('must not go from ROLLBACK_IN_PROGRESS to SUCCESSFUL');
    expect(store.view.serviceDeployments.get(record.serviceDeploymentArn)).toEqual(record);
    await store.update('test', (tx) => tx.serviceDeployments.put({ ...record, status: 'ROLLBACK_FAILED' }));
    expect([...store.view.serviceDeployments.by('open', record.serviceArn)]).toEqual([]);
    await store.close();
  });
});

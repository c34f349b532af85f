import { describe, expect, it } from 'vitest';
import { eventBridgeEvent } from './detail/envelope.ts';
import { openRecorded, someTask } from './test-support/recorded.ts';

describe('what is kept', () => {
  it('the newest; older ones are dropped, some at a time', async () => {
    const { put, ids, seen } = await openRecorded(10);
    const arns: string[] = [];
    for (let i = 0; i < 300; i++) arns.push((await put(someTask(ids))).taskArn);
    const told = seen().map((event) => eventBridgeEvent(event).resources[0]!);
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThan(150);
    expect(told).toEqual(arns.slice(-told.length));
  });

  it('none when none is to be', async () => {
    const { put, ids, seen } = await openRecorded(0);
    await put(someTask(ids));
    expect(seen()).toEqual([]);
  });

  it('what the disk refuses is not told', async () => {
    const { put, ids, seen, disk } = await openRecorded();
    await put(someTask(ids));
    disk.failNextAppend('full');
    await expect(put(someTask(ids))).rejects.toThrow();
    expect(seen()).toHaveLength(1);
  });

  it('a transaction that throws tells nothing', async () => {
    const { store, ids, seen } = await openRecorded();
    const work = store.update('test', (tx) => {
      tx.tasks.put(someTask(ids));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(seen()).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { afterMs, instantFromMs, ManualClock, silentLogger } from '#base';
import { LogStore, MemoryLogDisk } from '#logs';
import type { AccountId, LogGroup, Region } from '#model';
import { MemoryJournal, openStore, ownership, schema } from '#store';
import { dropForgottenGroups, keepLogRetention } from './log-retention.ts';

const dayMs = 86_400_000;

async function world() {
  const clock = new ManualClock(instantFromMs(100 * dayMs));
  const disk = new MemoryLogDisk();
  const logs = new LogStore({ disk, clock, logger: silentLogger });
  const store = await openStore(schema, { journal: new MemoryJournal(), logger: silentLogger, ownership });
  const scope = { accountId: '000000000000' as AccountId, region: 'us-east-1' as Region };
  const group = (id: string, retentionInDays?: number): LogGroup => ({
    ...scope,
    logGroupName: id,
    id,
    logGroupClass: 'STANDARD',
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
    tags: [],
    createdAt: clock.now(),
  });
  const segments = (): string[] => [...disk.files.keys()].filter((path) => path.endsWith('.log'));
  for (const each of ['short', 'long', 'forgotten']) {
    await logs.createStream(each, 's');
    await logs.append(each, 's', [{ timestampMs: 99 * dayMs, message: 'm' }]);
  }
  await store.update('api', (tx) => {
    tx.logGroups.put(group('short', 1));
    tx.logGroups.put(group('long'));
  });
  return { clock, logs, store, segments, deps: { store, logs, clock, logger: silentLogger } };
}

it('what has outlived its retention goes, again and again', async () => {
  const { clock, logs, segments, deps } = await world();
  const keeper = keepLogRetention(deps);
  clock.advanceTo(afterMs(clock.now(), 2 * 3_600_000));
  await expect.poll(segments).toEqual(['long/00000001.log', 'forgotten/00000001.log']);
  await logs.append('short', 's', [{ timestampMs: 100 * dayMs, message: 'next' }]);
  expect(segments()).toHaveLength(3);
  await expect
    .poll(() => {
      clock.advanceTo(afterMs(clock.now(), dayMs));
      return segments();
    })
    .toHaveLength(2);
  await keeper[Symbol.asyncDispose]();
  expect(clock.nextTimerAt()).toBeUndefined();
});

it('files of groups that are not on record are removed', async () => {
  const { segments, deps } = await world();
  await dropForgottenGroups(deps);
  expect(segments()).toEqual(['short/00000001.log', 'long/00000001.log']);
});

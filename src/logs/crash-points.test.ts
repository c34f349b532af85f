import { describe, expect, it } from 'vitest';
import { afterMs, instantFromMs, ManualClock, silentLogger } from '#base';
import { type DiskChange, MemoryLogDisk } from './disk/memory-disk.ts';
import { LogStore } from './log-store.ts';
import { allPages, group, told } from './test-support/model.ts';

const limits = { segmentBytes: 300, segmentAgeMs: 1000 };
const dayMs = 86_400_000;

interface Story {
  readonly acknowledged: string[];
  readonly attempted: string[];
  /** Events before this may be gone: expiry was asked for. */
  expiredMs: number;
}

/** Streams, events, a deletion and an expiry: every kind of change to the files, several times over. */
async function tell(disk: MemoryLogDisk, story: Story): Promise<void> {
  const clock = new ManualClock(instantFromMs(20 * dayMs));
  const store = new LogStore({ disk, clock, logger: silentLogger, limits });
  const append = async (stream: string, timestampMs: number, message: string): Promise<void> => {
    story.attempted.push(`${stream} ${timestampMs} ${message}`);
    const { ok } = await store.append(group, stream, [{ timestampMs, message }]);
    if (ok) story.acknowledged.push(`${stream} ${timestampMs} ${message}`);
  };
  await store.createStream(group, 'kept');
  await store.createStream(group, 'deleted');
  for (let day = 1; day <= 6; day++) {
    const texts = Array.from({ length: 4 }, (_, index) => `event ${index} of day ${day}`);
    await Promise.all(texts.map((text) => append('kept', day * dayMs, text)));
    if (day < 4) await append('deleted', day * dayMs, 'of another stream');
    clock.advanceTo(afterMs(clock.now(), dayMs));
    if (day === 3) await store.deleteStream(group, 'deleted');
    if (day === 5) {
      story.expiredMs = 3 * dayMs;
      await store.expire(group, story.expiredMs);
    }
  }
}

/** Runs the story up to the change of that number, of which nothing, a part or all reaches the disk. */
async function dieAt(change: number, part: number): Promise<{ readonly story: Story; readonly disk: MemoryLogDisk }> {
  const disk = new MemoryLogDisk();
  const story: Story = { acknowledged: [], attempted: [], expiredMs: 0 };
  let count = 0;
  disk.onChange = () =>
    count++ < change ? undefined : { error: new Error('dead'), bytes: count === change + 1 ? part : 0 };
  await tell(disk, story).catch(() => undefined);
  return { story, disk: new MemoryLogDisk(disk.files) };
}

async function countChanges(): Promise<DiskChange[]> {
  const disk = new MemoryLogDisk();
  const changes: DiskChange[] = [];
  disk.onChange = (change) => {
    changes.push(change);
    return undefined;
  };
  await tell(disk, { acknowledged: [], attempted: [], expiredMs: 0 });
  return changes;
}

describe('a crash at every change of the disk', () => {
  it('is told of by a story that makes every kind of change', async () => {
    const kinds = new Set((await countChanges()).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['append', 'remove', 'replace']);
  });

  it.each([0, 5, 60, 100_000])('loses nothing acknowledged, %i bytes into it, and the store goes on', async (part) => {
    const changes = await countChanges();
    expect(changes.length).toBeGreaterThan(20);
    for (let change = 0; change < changes.length; change++) {
      const { story, disk } = await dieAt(change, part);
      const clock = new ManualClock(instantFromMs(30 * dayMs));
      const store = new LogStore({ disk, clock, logger: silentLogger, limits });
      const found = (await allPages(store, {})).events.map(told);
      const owed = story.acknowledged.filter((each) => {
        const [stream = '', timestampMs = ''] = each.split(' ');
        return stream === 'kept' && Number(timestampMs) >= story.expiredMs;
      });
      expect(found, `after change ${change}`).toEqual(expect.arrayContaining(owed));
      expect(story.attempted, `after change ${change}`).toEqual(expect.arrayContaining(found));
      expect(new Set(found).size).toBe(found.length);
      await store.createStream(group, 'afterwards');
      await store.append(group, 'afterwards', [{ timestampMs: 9 * dayMs, message: 'goes on' }]);
      const again = new LogStore({ disk: new MemoryLogDisk(disk.files), clock, logger: silentLogger, limits });
      expect((await allPages(again, {})).events.map(told)).toEqual([...found, `afterwards ${9 * dayMs} goes on`]);
    }
  });
});

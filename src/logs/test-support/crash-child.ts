import { openSync, writeSync } from 'node:fs';
import { instantFromMs, ManualClock, silentLogger } from '#base';
import { FileLogDisk } from '../disk/file-disk.ts';
import { LogStore } from '../log-store.ts';
import { group } from './model.ts';

/**
 * `node crash-child.ts DIRECTORY FILE ROUND`: appends events to four streams side by side until it is killed. A line in
 * the file for each that was acknowledged: `stream message`.
 */
async function main(directory: string, file: string, round: string): Promise<void> {
  const clock = new ManualClock(instantFromMs(1_000));
  const limits = { segmentBytes: 16 * 1024 };
  const store = new LogStore({ disk: new FileLogDisk({ directory }), clock, logger: silentLogger, limits });
  const acknowledged = openSync(file, 'a');
  const lane = async (stream: string): Promise<void> => {
    await store.createStream(group, stream);
    for (let count = 0; ; count++) {
      const message = `${round}-${count} ${'x'.repeat((count * 37) % 400)}`;
      const { ok } = await store.append(group, stream, [{ timestampMs: count, message }]);
      if (ok) writeSync(acknowledged, `${stream} ${message}\n`);
      if (count === 0) process.stdout.write('on\n');
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(lane));
}

const [directory = '', file = '', round = ''] = process.argv.slice(2);
await main(directory, file, round);

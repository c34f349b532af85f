import { openSync, writeSync } from 'node:fs';
import { SqliteJournal } from '../backends/sqlite/index.ts';
import { crashStep } from './crash-step.ts';
import { openItems } from './items.ts';

/** Small, so that snapshots, pruning and checkpoints are under way at any moment that a kill may come. */
const limits = { snapshotAfterBytes: 48 * 1024, snapshotChunkRecords: 20 };
const sqliteLimits = { walBytes: 96 * 1024, idleWalBytes: 0, idleMs: 1 };
const callers = 24;

/** `node crash-child.ts DIRECTORY FILE`: updates without end; a line in the file for each acknowledged revision. */
async function main(directory: string, file: string): Promise<void> {
  const store = await openItems(new SqliteJournal({ directory, limits: sqliteLimits }), { limits });
  const acknowledged = openSync(file, 'w');
  writeSync(1, 'open\n');
  const caller = async (): Promise<void> => {
    for (;;) {
      const revision = await store.update('crash', (tx) => {
        crashStep(tx, tx.revision + 1);
        return tx.revision + 1;
      });
      writeSync(acknowledged, `${revision}\n`);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

await main(process.argv[2] ?? '', process.argv[3] ?? '');

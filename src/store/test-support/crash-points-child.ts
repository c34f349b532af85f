import { openSync, writeSync } from 'node:fs';
import { Fault } from '#base';
import { SqliteJournal } from '../backends/sqlite/index.ts';
import { crashStep } from './crash-step.ts';
import { openItems } from './items.ts';

/** Small, so that a short story has snapshots, deletions of what they superseded, and checkpoints. */
const limits = { snapshotAfterBytes: 6 * 1024, snapshotChunkRecords: 20 };
const sqliteLimits = { walBytes: 48 * 1024, idleWalBytes: 0, idleMs: 1 };

/**
 * `node crash-points-child.ts DIRECTORY FILE REVISIONS`: brings the store to the revision, a pair of updates at a time,
 * and closes it; a line in the file for each acknowledged revision. Refused updates are told on standard error and tried
 * again; the third one in a row ends it with exit code 3.
 */
async function main(directory: string, file: string, revisions: number): Promise<void> {
  const store = await openItems(new SqliteJournal({ directory, limits: sqliteLimits }), { limits });
  const acknowledged = openSync(file, 'a');
  const update = async (): Promise<void> => {
    const revision = await store.update('crash', (tx) => {
      crashStep(tx, tx.revision + 1);
      return tx.revision + 1;
    });
    writeSync(acknowledged, `${revision}\n`);
  };
  for (let refusals = 0; store.revision < revisions && refusals < 3; ) {
    const [outcome] = await Promise.allSettled([update(), update()]);
    refusals = outcome.status === 'fulfilled' ? 0 : refusals + 1;
    if (outcome.status === 'rejected') process.stderr.write(told(outcome.reason));
  }
  const unfinished = store.revision < revisions;
  await store.close();
  if (unfinished) process.exitCode = 3;
}

function told(reason: unknown): string {
  return reason instanceof Fault ? `${reason.code} ${reason.retryable}\n` : `${String(reason)}\n`;
}

const [directory = '', file = '', revisions = '0'] = process.argv.slice(2);
await main(directory, file, Number(revisions));

import { backendSuite } from '../backend.suite.ts';
import { MemoryDisk, MemoryJournal } from './memory.ts';

backendSuite(
  'memory',
  () => {
    const disk = new MemoryDisk();
    return {
      journal: () => new MemoryJournal(disk),
      batches: () => disk.rows.length,
      dispose: () => {},
      damage: (what) => {
        switch (what) {
          case 'batch byte':
            flip(disk.rows.at(-1)!.body);
            break;
          case 'chunk byte':
            flip(disk.chunks[0]!.body);
            break;
          case 'lost batch':
            disk.rows.splice(1, 1);
            break;
          case 'lost chunk':
            disk.chunks = disk.chunks.slice(0, -1);
            break;
        }
      },
    };
  },
  { historyRuns: 300 },
);

function flip(body: Uint8Array): void {
  const middle = body.length >>> 1;
  body[middle] = body[middle]! ^ 1;
}

import { integerBelow, SeededRandom } from '#base';
import type { Tx } from '../types.ts';
import { type ItemSchema, item } from './items.ts';

/**
 * The transaction that makes `revision`: random, yet the same wherever it is made, so that the state at any revision is
 * known without asking the store that was killed. It always changes something.
 */
export function crashStep(tx: Tx<ItemSchema>, revision: number): void {
  const random = new SeededRandom(revision);
  const changes = 1 + integerBelow(random, 4);
  for (let i = 0; i < changes; i++) {
    const id = `i${integerBelow(random, 200)}`;
    const kind = integerBelow(random, 10);
    if (kind === 0) tx.items.delete(id);
    else if (kind === 1) tx.notes.put({ name: id, about: `revision ${revision}` });
    else if (kind < 5) tx.items.put({ ...(tx.items.find(id) ?? item(id)), count: revision });
    else tx.items.put(item(id, { owner: `o${kind}`, count: revision, text: 'x'.repeat(integerBelow(random, 600)) }));
  }
  tx.items.put(item('last', { count: revision }));
}

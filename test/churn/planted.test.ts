import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { patched } from '../simulation/planted/plant.ts';
import { plantedBugs } from './planted.ts';

it.each(plantedBugs)('the bug $name can still be planted', ({ patches }) => {
  for (const patch of patches) {
    const text = readFileSync(new URL(`../../${patch.file}`, import.meta.url), 'utf8');
    expect(patched(text, patch)).not.toBe(text);
  }
});

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { bugs } from './bugs.ts';
import type { PlantedBug } from './planted-bug.ts';

const root = new URL('../../../', import.meta.url);

/** Puts a bug into the product as its files are loaded: nothing of it is in the product itself. */
export function plantBug(name: string, among: readonly PlantedBug[] = bugs): void {
  const bug = among.find((each) => each.name === name);
  if (bug === undefined)
    throw new Error(`there is no planted bug ${name}; there are: ${among.map((each) => each.name).join(', ')}`);
  const all = (file: string, text: string): string =>
    bug.patches.filter((patch) => patch.file === file).reduce(patched, text);
  const files = new Map(bug.patches.map(({ file }) => [new URL(file, root).href, file]));
  // Said now rather than when the file is loaded, or never when it is not.
  for (const file of files.values()) all(file, readFileSync(new URL(file, root), 'utf8'));
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const file = files.get(url);
      return file === undefined ? loaded : { ...loaded, source: all(file, textOf(loaded.source)) };
    },
  });
}

/** The text with the bug in it; what is replaced must be there exactly once, or the bug has outlived the code. */
export function patched(text: string, { file, find, replace }: PlantedBug['patches'][number]): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`${file} holds what the planted bug replaces ${parts.length - 1} times: ${find}`);
  return parts.join(replace);
}

function textOf(source: unknown): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source as Uint8Array);
}

import { readdirSync } from 'node:fs';

const root = new URL('../../../', import.meta.url).pathname;

/** Paths of the files under a folder of the checkout whose names match. */
export function checkoutFiles(folder: string, names: RegExp): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => names.test(path))
    .map((path) => `${root}${folder}/${path}`);
}

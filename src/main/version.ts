import { readFileSync } from 'node:fs';

/** The version in package.json. */
export function roadsteadVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}

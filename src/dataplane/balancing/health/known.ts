import { readFile, rename, writeFile } from 'node:fs/promises';
import type { TargetDocument } from '#wire/link';
import { type Health, targetKey } from './state.ts';

/** What a node has found of its targets, kept in its directory for the next run of the agent. */
export function knownKey(arn: string, target: TargetDocument): string {
  return `${arn} ${targetKey(target)} ${target.address}`;
}

export async function readHealth(directory: string): Promise<ReadonlyMap<string, Health>> {
  const text = await readFile(`${directory}/health.json`, 'utf8').catch(() => '[]');
  try {
    return new Map(JSON.parse(text) as [string, Health][]);
  } catch {
    // Cut off by a crash: the checks find it out again.
    return new Map();
  }
}

export async function writeHealth(directory: string, text: string): Promise<void> {
  const path = `${directory}/health.json`;
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

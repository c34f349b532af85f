import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One file of the checkout, with its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every file git knows or would add, as paths from the root; deleted ones are left out. */
export function projectFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const deleted = new Set(execFileSync('git', ['ls-files', '-z', '--deleted'], { encoding: 'utf8' }).split('\0'));
  return list.split('\0').filter((path) => path !== '' && !deleted.has(path));
}

export function readSources(paths: readonly string[]): SourceFile[] {
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** Generated files say so on their first line (JSON: in their first member) and are exempt from style rules. */
export function isGenerated(file: SourceFile): boolean {
  return (
    /generated/i.test(file.text.slice(0, 300)) &&
    (file.path.endsWith('.json') || /^.*generated/i.test(file.text.split('\n', 1)[0] ?? ''))
  );
}

/** What one gate found: problems fail it, and so does having seen fewer things than there must be. */
export interface GateResult {
  readonly seen: number;
  readonly atLeast: number;
  readonly problems: readonly string[];
  readonly warnings?: readonly string[];
}

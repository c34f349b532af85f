import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageEntries } from './sample-image.ts';
import { tarArchive } from './tar.ts';

test('tar unpacks what was packed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'roadstead-tar-'));
  try {
    const content = new Uint8Array(1500).map((_, i) => i % 251);
    const archive = tarArchive([
      { type: 'folder', path: 'bin/', mode: 0o755 },
      { type: 'file', path: 'bin/program', mode: 0o750, content },
      { type: 'file', path: 'empty', mode: 0o644, content: new Uint8Array() },
      { type: 'link', path: 'bin/sh', target: 'program' },
    ]);
    expect(archive.byteLength % 512).toBe(0);
    execFileSync('tar', ['-x', '-C', folder], { input: archive });
    expect(new Uint8Array(readFileSync(join(folder, 'bin/program')))).toEqual(content);
    expect(statSync(join(folder, 'bin/program')).mode & 0o777).toBe(0o750);
    expect(statSync(join(folder, 'empty')).size).toBe(0);
    expect(readlinkSync(join(folder, 'bin/sh'))).toBe('program');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the sample image is the same bytes every time', () => {
  const pack = (): Uint8Array => tarArchive(imageEntries(new Uint8Array([1, 2, 3])));
  expect(pack()).toEqual(pack());
  const listing = execFileSync('tar', ['-tv', '--utc', '--full-time'], { input: pack(), encoding: 'utf8' });
  expect(listing).toContain('-rwxr-xr-x root/root');
  expect(listing).toContain('1970-01-01 00:00:00 bin/sh -> busybox');
});

import { describe, expect, it } from 'vitest';
import type { LogDisk } from '../log-disk.ts';

/** What every disk must do. `open` gives the same files each time. */
export function describeLogDisk(name: string, make: () => Promise<{ open: () => LogDisk } & AsyncDisposable>): void {
  describe(name, () => {
    const whole = async (disk: LogDisk, path: string): Promise<string> =>
      (await disk.read(path, 0, 1_000_000)).toString();

    it('appends at a position, to files and directories that are made as needed', async () => {
      await using place = await make();
      const disk = place.open();
      await disk.append('g/a', 0, Buffer.from('hello'));
      await disk.append('g/a', 5, Buffer.from(' world'));
      await disk.append('g/a', 0, Buffer.from('J'));
      expect(await whole(disk, 'g/a')).toBe('Jello world');
      await disk.close();
      const again = place.open();
      await again.append('g/a', 11, Buffer.from('!'));
      expect(await whole(again, 'g/a')).toBe('Jello world!');
      expect(await again.list('g')).toEqual([{ name: 'a', sizeBytes: 12 }]);
      expect((await again.list('')).map(({ name }) => name)).toEqual(['g']);
      await again.close();
    });

    it('reads parts, fewer bytes at the end, and nothing of what is not there', async () => {
      await using place = await make();
      const disk = place.open();
      await disk.append('g/a', 0, Buffer.from('0123456789'));
      expect((await disk.read('g/a', 3, 4)).toString()).toBe('3456');
      expect((await disk.read('g/a', 8, 100)).toString()).toBe('89');
      expect(await disk.read('g/a', 10, 5)).toHaveLength(0);
      expect(await disk.read('g/none', 0, 5)).toHaveLength(0);
      expect(await disk.list('none')).toEqual([]);
      await disk.close();
    });

    it('replaces and cuts a file that it appends to, and goes on with it', async () => {
      await using place = await make();
      const disk = place.open();
      await disk.append('g/a', 0, Buffer.from('first'));
      await disk.replace('g/a', Buffer.from('second'));
      await disk.append('g/a', 6, Buffer.from(' third'));
      await disk.truncate('g/a', 3);
      await disk.append('g/a', 3, Buffer.from('!'));
      expect(await whole(disk, 'g/a')).toBe('sec!');
      await disk.truncate('g/none', 3);
      await disk.close();
    });

    it('removes files and directories, also those that are not there', async () => {
      await using place = await make();
      const disk = place.open();
      await disk.append('g/a', 0, Buffer.from('a'));
      await disk.append('g/b', 0, Buffer.from('b'));
      await disk.remove('g/a');
      await disk.remove('g/a');
      expect((await disk.list('g')).map(({ name }) => name)).toEqual(['b']);
      await disk.removeDirectory('g');
      await disk.removeDirectory('g');
      expect(await disk.list('')).toEqual([]);
      await disk.append('g/b', 0, Buffer.from('anew'));
      expect(await whole(disk, 'g/b')).toBe('anew');
      await disk.close();
    });
  });
}

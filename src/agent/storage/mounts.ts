import { constants } from 'node:fs';
import { mkdir, open, readFile, realpath, rmdir } from 'node:fs/promises';
import { Fault } from '#base';
import { runCommand } from '../host/run-command.ts';

/** What is mounted at or below a directory of this host, the latest and deepest first. */
export async function mountsBelow(directory: string): Promise<readonly string[]> {
  const wanted = await realpath(directory).catch(() => directory);
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const points = lines.flatMap((line) => line.split(' ')[4] ?? []).map(plain);
  return points.filter((point) => point === wanted || point.startsWith(`${wanted}/`)).toReversed();
}

/** Whether a directory whose path ends so, or one below it, is mounted somewhere by itself. */
export async function isShown(end: string): Promise<boolean> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.some((line) => `${plain(line.split(' ')[3] ?? '')}/`.includes(`${end}/`));
}

/** The kernel writes blanks and backslashes of a path as octal numbers. */
function plain(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** Whether something is mounted exactly there. */
export async function isMounted(path: string): Promise<boolean> {
  return (await mountsBelow(path)).includes(await realpath(path).catch(() => path));
}

/** Does all of it, and throws the first failure only then: what cannot be taken away keeps nothing else. */
export async function inTurn<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const item of items) await act(item).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** Takes away all that is mounted at or below, and the empty directory itself. Throws Fault `Storage`. */
export async function unmountAll(directory: string): Promise<void> {
  for (const point of await mountsBelow(directory)) await mustRun('umount', [point]);
  await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/**
 * Shows at `target` the directory `below` the directory `root`. What a task named is opened first and looked at then,
 * and what was opened is mounted: a symbolic link that leads out of the root is refused, also one that is made meanwhile.
 * Throws Fault `OutsideRoot`, or `NotFound` when there is no such directory.
 */
export async function bindBelow(root: string, below: string, target: string): Promise<void> {
  const rooted = await realpath(root);
  const handle = await open(`${rooted}/${below}`, constants.O_RDONLY | constants.O_DIRECTORY).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
      throw new Fault('NotFound', 'No such file or directory', { cause: error });
    },
  );
  try {
    const opened = `/proc/${process.pid}/fd/${handle.fd}`;
    const real = await realpath(opened);
    if (real !== rooted && !real.startsWith(`${rooted}/`)) {
      throw new Fault('OutsideRoot', 'Permission denied: it leads out of the file system');
    }
    await mkdir(target, { recursive: true, mode: 0o700 });
    if (!(await isMounted(target))) await mustRun('mount', ['--no-canonicalize', '--bind', opened, target]);
  } finally {
    await handle.close();
  }
}

/** Runs a program that has to end well; gives what it printed. Throws Fault `Storage` with its complaint. */
export async function mustRun(program: string, args: readonly string[]): Promise<string> {
  const { code, output, complaint } = await runCommand(program, args);
  if (code === 0) return output;
  throw new Fault('Storage', `${program}: ${complaint.trim() || `ended with ${code}`}`);
}

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { Fault, hasEnded } from '#base';

/** How long processes may take to end, ms. */
const patienceMs = 5_000;
const pollMs = 20;

/**
 * By containerd's shim, the process that keeps a container: with its end containerd clears the container away. An engine
 * without shims leaves nothing that is found. Throws Fault `Leftover` when something is still there after a while.
 */
export async function endLeftover(containerId: string): Promise<void> {
  const shims = await shimsOf(containerId);
  if (shims.length === 0) return;
  const processes = [...(await childrenOf(shims)), ...shims];
  for (const pid of processes) kill(pid);
  for (let waitedMs = 0; await anyAlive(processes); waitedMs += pollMs) {
    if (waitedMs > patienceMs) throw new Fault('Leftover', `processes ${processes.join(', ')} do not end`);
    await setTimeout(pollMs);
  }
}

async function shimsOf(containerId: string): Promise<string[]> {
  const found = await Promise.all((await pids()).map(async (pid) => ({ pid, words: await commandLine(pid) })));
  return found.flatMap(({ pid, words: [program = '', ...args] }) => {
    const isShim = /\/?containerd-shim[^/]*$/.test(program);
    return isShim && args[args.indexOf('-id') + 1] === containerId ? [pid] : [];
  });
}

async function childrenOf(parents: readonly string[]): Promise<string[]> {
  const found = await Promise.all((await pids()).map(async (pid) => ({ pid, parent: parentIn(await statOf(pid)) })));
  return found.flatMap(({ pid, parent }) => (parents.includes(parent) ? [pid] : []));
}

async function anyAlive(processes: readonly string[]): Promise<boolean> {
  const stats = await Promise.all(processes.map(statOf));
  return stats.some((stat) => stat !== '' && !hasEnded(stat));
}

async function pids(): Promise<string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}

async function commandLine(pid: string): Promise<string[]> {
  return (await textOf(`/proc/${pid}/cmdline`)).split('\0');
}

/** Empty for a process that is gone. */
async function statOf(pid: string): Promise<string> {
  return textOf(`/proc/${pid}/stat`);
}

function parentIn(stat: string): string {
  return /\) \S (\d+) /.exec(stat.slice(stat.lastIndexOf(')')))?.[1] ?? '';
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function kill(pid: string): void {
  try {
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // It has ended.
  }
}

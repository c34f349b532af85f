import { spawn } from 'node:child_process';
import { constants as fileModes, readFileSync } from 'node:fs';
import { access, open, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { hasEnded } from '#base';
import type { DetachedProcess, Processes, RunOptions, RunResult } from '../ports.ts';

/** A user's PATH may lack these, where dockerd, ip and iptables are. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** Processes of this machine. */
export function systemProcesses(): Processes {
  return processes;
}

const processes: Processes = {
  pid: process.pid,
  isAlive(pid) {
    try {
      return !hasEnded(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  },
  async commandLine(pid) {
    try {
      const text = await readFile(`/proc/${pid}/cmdline`, 'utf8');
      // An ending process has lost its command line already, but may still hold its sockets.
      return text === '' ? undefined : text.replace(/\0$/, '').split('\0');
    } catch {
      return undefined;
    }
  },
  signal(pid, name) {
    try {
      return process.kill(pid, name);
    } catch {
      return false;
    }
  },
  run,
  startDetached,
  async which(name) {
    for (const folder of [...(process.env['PATH'] ?? '').split(':'), ...systemFolders]) {
      if (folder === '') continue;
      try {
        await access(`${folder}/${name}`, fileModes.X_OK);
        return `${folder}/${name}`;
      } catch {
        // Not here; the next folder may have it.
      }
    }
    return undefined;
  },
};

function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const output = options.output ?? 'capture';
  const target = { capture: 'pipe', 'capture-and-stderr': 'pipe', stderr: 2, inherit: 'inherit' } as const;
  const captured = output === 'capture' || output === 'capture-and-stderr';
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: [output === 'inherit' ? 'inherit' : 'ignore', target[output], captured ? 'pipe' : 'inherit'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.on('data', (chunk: Buffer) => {
        text[name] += chunk.toString();
        if (output === 'capture-and-stderr') process.stderr.write(chunk);
      });
    }
    const stop = (): void => void child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop, { once: true });
    const settle = (code: number): void => {
      options.signal?.removeEventListener('abort', stop);
      resolve({ code, ...text });
    };
    child.on('error', (error) => {
      text.stderr += error.message;
      settle(127);
    });
    child.on('close', (code, signal) => settle(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

async function startDetached(
  command: string,
  args: readonly string[],
  options: { readonly logPath: string; readonly env?: Readonly<Record<string, string>> },
): Promise<DetachedProcess> {
  const log = await open(options.logPath, 'a', 0o600);
  try {
    const child = spawn(command, args, {
      detached: true,
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, ...options.env },
    });
    let ended: number | undefined;
    child.on('exit', (code, signal) => {
      ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return { pid: child.pid ?? 0, exitCode: () => ended };
  } finally {
    await log.close();
  }
}

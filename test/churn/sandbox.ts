import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const inside = 'ROADSTEAD_CHURN_SANDBOX';

/**
 * Whether this process is in a sandbox: namespaces of its own for network, mounts and processes, so that it may kill
 * what it likes, count every device and process, and leave nothing behind however it ends.
 */
export function isSandboxed(): boolean {
  return process.env[inside] !== undefined;
}

/** Runs this very program, with its arguments, in a sandbox; gives its exit code. Needs root. */
export async function runSandboxed(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'roadstead-churn-'));
  try {
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    // A shell is the namespace's first process: it takes in whatever loses its parent.
    const first = ['sh', '-c', 'ip link set lo up; "$@"; exit $?', 'sh'];
    // Whatever ends this process ends the sandbox.
    const sandbox = ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...first];
    const child = spawn('setpriv', [...sandbox, process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: { ...process.env, TMPDIR: folder, [inside]: '1' },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGKILL'));
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The system calls that change what is on the disk. SQLite makes them in the journal's thread alone. */
export const diskCalls = ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'unlink', 'rename'] as const;
export type DiskCall = (typeof diskCalls)[number];

/** The `nth` such call of a thread. */
export interface DiskPoint {
  readonly call: DiskCall;
  readonly nth: number;
}

/** What happens in place of the call: the process is killed, or the call fails. */
export type Injection = 'signal=KILL' | `error=${'EIO' | 'ENOSPC' | 'EROFS'}`;

/** Whether the machine has strace and lets it trace. */
export const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;

export interface Ending {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly errors: string;
}

/** Runs a program whose `point` is replaced by the injection. */
export function runWith(injection: Injection, { call, nth }: DiskPoint, program: readonly string[]): Promise<Ending> {
  return trace(['-e', `trace=${call}`, '-e', `inject=${call}:${injection}:when=${nth}`, '-o', '/dev/null'], program);
}

/** Every point of a run of the program, in no order. */
export async function pointsOf(program: readonly string[]): Promise<readonly DiskPoint[]> {
  const directory = mkdtempSync(join(tmpdir(), 'roadstead-trace-'));
  const file = join(directory, 'calls');
  try {
    const { code, errors } = await trace(['-e', `trace=${diskCalls.join()}`, '-o', file], program);
    if (code !== 0) throw new Error(`the traced program failed: ${errors}`);
    const lines = readFileSync(file, 'utf8').split('\n');
    return diskCalls.flatMap((call) => {
      const count = lines.filter((line) => line.includes(` ${call}(`)).length;
      return Array.from({ length: count }, (_, index) => ({ call, nth: index + 1 }));
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function trace(options: readonly string[], program: readonly string[]): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const args = ['-f', '-q', '-e', 'signal=none', ...options, process.execPath, ...program];
    const running = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    running.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    running.on('error', reject);
    running.on('close', (code, signal) => resolve({ code, signal, errors }));
  });
}

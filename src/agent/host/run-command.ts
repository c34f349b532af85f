import { spawn } from 'node:child_process';

/** How a program ended, whatever it was. */
export interface CommandEnd {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

/** Runs a program of this machine to its end. Rejects when there is no such program, and when aborted: it is killed then. */
export function runCommand(program: string, args: readonly string[], signal?: AbortSignal): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
    });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output, complaint }));
  });
}

import { spawn } from 'node:child_process';
import { Fault } from '#base';

export interface ProgramEnd {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

/** Runs a program to its end, whatever that is. Throws Fault `Balancing` when there is no such program. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'pipe' });
    const ended = { output: '', complaint: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.complaint += text;
    });
    child.on('error', (cause) =>
      reject(new Fault('Balancing', `${program} cannot be run: ${cause.message}`, { cause })),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, ...ended }));
    // A program that ends before it has read everything says why on its own.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** The output of a program that is to succeed. Throws Fault `Balancing` with its complaint. */
export async function mustRun(program: string, args: readonly string[], input = ''): Promise<string> {
  const { code, output, complaint } = await runProgram(program, args, input);
  if (code === 0) return output;
  throw new Fault('Balancing', `${program} failed: ${complaint.trim().replaceAll('\n', '; ')}`, { retryable: true });
}

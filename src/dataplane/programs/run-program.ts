import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Fault } from '#base';

export interface ProgramEnd {
  readonly code: number;
  readonly output: string;
  readonly complaint: string;
}

/** Runs a program to its end, whatever that is. Throws Fault `Program` when there is no such program. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child: ChildProcessWithoutNullStreams = spawn(program, args, { stdio: 'pipe' });
    const ended = { output: '', complaint: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.complaint += text;
    });
    child.on('error', (cause) => reject(new Fault('Program', `${program} cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code) => resolve({ code: code ?? 1, ...ended }));
    // A program that ends before it has read everything says why on its own.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Of a complaint, so much is quoted. */
const longestComplaint = 2000;

/** The output of a program that is to succeed. Throws Fault `Program` with its complaint, retryable. */
export async function mustRun(program: string, args: readonly string[], input = ''): Promise<string> {
  const { code, output, complaint } = await runProgram(program, args, input);
  if (code === 0) return output;
  const said = complaint.trim().replaceAll('\n', '; ').slice(0, longestComplaint);
  throw new Fault('Program', `${program} failed: ${said}`, { retryable: true });
}

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Fault } from '#base';

/** Standard output of a program; its complaint becomes the fault `Network`. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child: ChildProcessWithoutNullStreams = spawn(program, args, { stdio: 'pipe' });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    child.on('error', (cause) => reject(new Fault('Network', `${program} cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Fault('Network', `${program} failed: ${complaint.trim().replaceAll('\n', '; ').slice(0, 2000)}`));
    });
    // A program that ends before it has read everything says why on its own.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

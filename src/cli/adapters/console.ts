import type { Writable } from 'node:stream';
import type { Console } from '../ports.ts';

/** The process's own streams, as they are. */
export function processConsole(): Console {
  const { stdin, stdout, stderr } = process;
  return {
    // Absent, whatever its type says, where there is no terminal.
    isTerminal: [stdin, stdout].every(({ isTTY }) => (isTTY as boolean | undefined) === true),
    readInput({ raw }) {
      const keys = raw && stdin.isTTY;
      if (keys) stdin.setRawMode(true);
      return {
        chunks: stdin as AsyncIterable<Uint8Array>,
        stop() {
          if (keys) stdin.setRawMode(false);
          // Whoever still reads it would keep this process.
          stdin.destroy();
        },
      };
    },
    writeOut: (bytes) => written(stdout, bytes),
    writeError: (bytes) => written(stderr, bytes),
    size: () => (stdout.isTTY ? { cols: stdout.columns, rows: stdout.rows } : undefined),
    onResize(listener) {
      stdout.on('resize', listener);
      return () => stdout.off('resize', listener);
    },
  };
}

function written(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => stream.write(bytes, () => resolve()));
}

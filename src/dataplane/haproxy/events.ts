import { constants, existsSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { mustRun } from '../programs/index.ts';

export interface EventsDeps {
  /** A connection of a health check stands (`--`), or why not. */
  readonly onCheck: (id: string, ending: string) => void;
  /** A line of the access log. */
  readonly onAccess: (line: string) => void;
}

/** A line longer than this is none of HAProxy's. */
const longestLine = 16_384;

/**
 * Makes the named pipe by which HAProxy tells what happened: its standard output. A pipe stays when either end goes; what
 * is told while nobody reads waits in it, and is lost once it is full.
 */
export async function makeEventPipe(path: string): Promise<void> {
  if (!existsSync(path)) await mustRun('mkfifo', ['-m', '600', path]);
}

/** Reads the events of a pipe, line by line. */
export class HaproxyEvents implements AsyncDisposable {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static read(path: string, deps: EventsDeps): HaproxyEvents {
    // Open for writing too: a pipe that nobody writes to any more would have ended.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    let held = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      const lines = (held + text).split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) tell(line, deps);
      if (held.length > longestLine) held = '';
    });
    socket.on('error', () => socket.destroy());
    return new HaproxyEvents(socket);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.destroy();
    });
  }
}

function tell(line: string, { onCheck, onAccess }: EventsDeps): void {
  const check = /^check (\S+) (\S+)$/.exec(line);
  if (check !== null) onCheck(check[1] ?? '', check[2] ?? '');
  else if (line.startsWith('access ')) onAccess(line);
}

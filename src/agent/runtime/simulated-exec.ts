import { Fault } from '#base';
import type { ExecOutput, ExecProcess, ExecSpec } from './port.ts';

/** The few programs of a simulated container: `cat`, `echo`, `false`; nothing else is found. */
export function simulatedProcess({ command }: ExecSpec): ExecProcess {
  const [program, ...args] = command;
  if (program === 'cat') return new Cat();
  if (program === 'echo') return ended(0, `${args.join(' ')}\n`);
  if (program === 'false') return ended(1, '');
  throw new Fault('EngineError', `Error response from daemon: exec: "${program}": executable file not found in $PATH`);
}

function ended(exitCode: number, text: string): ExecProcess {
  const cat = new Cat(exitCode);
  if (text !== '') void cat.write(Buffer.from(text));
  cat.endInput();
  return cat;
}

/** Gives back what it gets until there is no more. */
class Cat implements ExecProcess {
  readonly #exitCode: number;
  readonly #waiting: ExecOutput[] = [];
  #wake: () => void = () => {};
  #over = false;
  #killed = false;

  constructor(exitCode = 0) {
    this.#exitCode = exitCode;
  }

  readonly output: AsyncIterable<ExecOutput> = { [Symbol.asyncIterator]: () => this.#read() };

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#over) return;
    this.#waiting.push({ stream: 'output', bytes });
    this.#wake();
  }

  endInput(): void {
    this.#over = true;
    this.#wake();
  }

  async resize(): Promise<void> {}

  async exitCode(): Promise<number> {
    return this.#killed ? 137 : this.#exitCode;
  }

  async kill(): Promise<void> {
    this.#killed = true;
    this.endInput();
  }

  async *#read(): AsyncGenerator<ExecOutput> {
    while (true) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#over) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

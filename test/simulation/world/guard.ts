import { fileURLToPath } from 'node:url';

const productFolder = fileURLToPath(new URL('../../../src/', import.meta.url));

/**
 * Product code that reaches for the machine's time or randomness would make a run irreproducible, and a real timer would
 * fire when nobody waits for it. The guard throws at whoever in `src/` does; everyone else is left alone, such as the
 * test runner, which shares the process.
 */
export class Guard implements Disposable {
  readonly #restore: (() => void)[] = [];
  readonly #onBreach: (what: string) => void;

  constructor(onBreach: (what: string) => void) {
    this.#onBreach = onBreach;
    for (const name of ['setTimeout', 'setInterval', 'setImmediate'] as const) this.#wrap(globalThis, name);
    this.#wrap(Math, 'random');
    this.#wrap(performance, 'now');
    this.#wrap(process, 'hrtime');
    this.#wrapDate();
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  #wrap(holder: object, name: string): void {
    const owner = holder as Record<string, (...args: unknown[]) => unknown>;
    const real = owner[name];
    if (real === undefined) return;
    const guarded = (...args: unknown[]): unknown => {
      this.#check(name, 3);
      return Reflect.apply(real, owner, args);
    };
    Object.assign(guarded, real);
    owner[name] = guarded;
    this.#restore.push(() => {
      owner[name] = real;
    });
  }

  #wrapDate(): void {
    const real = globalThis.Date;
    const check = (): void => this.#check('Date', 4);
    globalThis.Date = new Proxy(real, {
      construct(target, args: unknown[], newTarget) {
        if (args.length === 0) check();
        return Reflect.construct(target, args, newTarget) as object;
      },
      get(target, key, receiver) {
        if (key === 'now') check();
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    this.#restore.push(() => {
      globalThis.Date = real;
    });
  }

  /** `depth` is where in the stack the caller stands. */
  #check(name: string, depth: number): void {
    const caller = new Error('who called').stack?.split('\n')[depth] ?? '';
    if (!caller.includes(productFolder)) return;
    const what = `${name} of the machine was used${caller.replace(/^\s*/, ' ').replace(productFolder, 'src/')}`;
    this.#onBreach(what);
    throw new Error(what);
  }
}

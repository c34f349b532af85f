import type { Command } from 'commander';
import type { CommandBody } from './invocation.ts';

/** A command of the command line; its code is loaded when it runs. */
export interface Definition<O> {
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly [string, string, ...string[]];
  readonly configure?: (command: Command) => Command;
  readonly load: () => Promise<CommandBody<O>>;
}

/** Adds a command below another. */
export type Define = <O>(parent: Command, definition: Definition<O>) => void;

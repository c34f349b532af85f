import { type Logger, messageOf } from '#base';
import type { FirewallCommands } from './commands.ts';
import { isOurs, tableName } from './names.ts';
import { changeScript, type Ruleset, removalScript, wholeScript } from './ruleset.ts';

export interface FirewallDeps {
  readonly commands: FirewallCommands;
  readonly log: Logger;
}

/** One agent's table of nftables. Every change is one transaction; connections that are open stay. */
export class Firewall {
  readonly table: string;
  readonly #deps: FirewallDeps;
  /** What the kernel has; unknown at first and after a failure. */
  #applied: Ruleset | undefined;

  constructor({ owner }: { readonly owner: string }, deps: FirewallDeps) {
    this.table = tableName(owner);
    this.#deps = deps;
  }

  probe(): Promise<readonly string[]> {
    return this.#deps.commands.probe();
  }

  /** Throws Fault `Network`; then the kernel has what it had. */
  async apply(ruleset: Ruleset): Promise<void> {
    const { commands, log } = this.#deps;
    const before = this.#applied;
    this.#applied = undefined;
    if (before !== undefined) {
      const change = changeScript(this.table, before, ruleset);
      try {
        if (change !== undefined) await commands.run(change);
        this.#applied = ruleset;
        return;
      } catch (error) {
        log.warn('the packet filter is not as it was left and is made anew', { error: messageOf(error) });
      }
    }
    await commands.run(wholeScript(this.table, ruleset));
    this.#applied = ruleset;
  }

  /** Puts the table back if somebody took it away, e.g. a firewall that was loaded anew. */
  async reassert(): Promise<void> {
    const ruleset = this.#applied;
    if (ruleset === undefined || (await this.#deps.commands.tables()).includes(this.table)) return;
    this.#deps.log.warn('the packet filter rules of tasks were gone and are set again', { table: this.table });
    await this.#deps.commands.run(wholeScript(this.table, ruleset));
  }

  async remove(whose: 'own' | 'all'): Promise<void> {
    this.#applied = undefined;
    const { commands } = this.#deps;
    const tables = await commands.tables();
    for (const table of tables.filter((name) => name === this.table || (whose === 'all' && isOurs(name)))) {
      await commands.run(removalScript(table));
    }
  }
}

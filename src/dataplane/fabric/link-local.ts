import { Fault, messageOf } from '#base';
import { endpointAddress } from '#model';
import type { NetworkCommands } from './commands.ts';
import { foreignEndpointRule, missingEndpointRules, removalOfEndpointRules } from './link-local-rules.ts';

/**
 * The address 169.254.170.2 on this host: every task reaches it by its default route, whatever its network mode, and
 * what it sends to port 80 comes to the agents' own port. Shared by all agents of the host; every call is idempotent.
 */
export class LinkLocalEndpoint {
  readonly address = endpointAddress;
  readonly #commands: NetworkCommands;
  readonly #port: number;

  constructor(options: { readonly port: number }, deps: { readonly commands: NetworkCommands }) {
    this.#port = options.port;
    this.#commands = deps.commands;
  }

  /**
   * Puts address and rules in place where they are missing. Throws Fault `Network`, also when the address is somebody
   * else's already: their tasks would no longer reach them.
   */
  async set(): Promise<void> {
    const saved = await this.#commands.saveRules();
    const foreign = foreignEndpointRule(saved);
    if (foreign !== undefined) {
      throw new Fault(
        'Network',
        `${endpointAddress} is led elsewhere on this host, perhaps to an ECS agent: ${foreign}`,
      );
    }
    await this.#commands.ip([`addr replace ${endpointAddress}/32 dev lo scope host`]);
    const missing = missingEndpointRules(saved, this.#port);
    if (missing !== undefined) await this.#commands.restoreRules(missing);
  }

  async remove(): Promise<void> {
    const removal = removalOfEndpointRules(await this.#commands.saveRules());
    if (removal !== undefined) await this.#commands.restoreRules(removal);
    try {
      await this.#commands.ip([`addr del ${endpointAddress}/32 dev lo`]);
    } catch (error) {
      if (!/Cannot assign requested address|Address not found/i.test(messageOf(error))) throw error;
    }
  }
}

/** nftables of this machine as a port. Throws Fault `Network` with what the tool said; nothing of a failed script holds. */
export interface FirewallCommands {
  run(script: string): Promise<void>;
  /** Names of the tables of family inet. */
  tables(): Promise<readonly string[]>;
  /** Makes and removes a table with all that is needed. The problems found. */
  probe(): Promise<readonly string[]>;
}

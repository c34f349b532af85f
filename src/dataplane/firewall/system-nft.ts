import { messageOf } from '#base';
import { mustRun } from '../programs/index.ts';
import type { FirewallCommands } from './commands.ts';
import { removalScript } from './ruleset.ts';

const probeTable = 'roadstead_probe';

/** The program `nft` of this machine. */
export class SystemNft implements FirewallCommands {
  async run(script: string): Promise<void> {
    await mustRun('nft', ['-f', '-'], script);
  }

  async tables(): Promise<readonly string[]> {
    const text = await mustRun('nft', ['list', 'tables', 'inet']);
    return [...text.matchAll(/^table inet (\S+)$/gm)].map(([, name = '']) => name);
  }

  async probe(): Promise<readonly string[]> {
    try {
      await this.run(
        [
          `add table inet ${probeTable}`,
          `add map inet ${probeTable} m { type ifname : verdict; }`,
          `add set inet ${probeTable} s { type ifname . ether_addr . ipv4_addr; }`,
          `add chain inet ${probeTable} c { type filter hook forward priority 300; policy accept; }`,
          `add rule inet ${probeTable} c iifgroup 1 iifname . ether saddr . ip saddr @s accept`,
          `add rule inet ${probeTable} c ct state established,related accept`,
          `add rule inet ${probeTable} c iifname vmap @m`,
          `add chain inet ${probeTable} n { type nat hook prerouting priority -99; policy accept; }`,
          removalScript(probeTable),
        ].join('\n'),
      );
      return [];
    } catch (error) {
      return [`security groups cannot be enforced (needs nftables: apt-get install nftables): ${messageOf(error)}`];
    }
  }
}

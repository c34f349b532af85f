import { writeFile } from 'node:fs/promises';
import { Fault, messageOf } from '#base';
import { mustRun as run } from '../programs/index.ts';
import type { NetworkCommands } from './commands.ts';

const probeDevice = 'rsprobe0';

/** iproute2, iptables and nsenter of this machine. */
export class SystemCommands implements NetworkCommands {
  async ip(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await run('ip', ['-batch', '-'], `${lines.join('\n')}\n`);
  }

  async bridge(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await run('bridge', ['-batch', '-'], `${lines.join('\n')}\n`);
  }

  async ipIn(pid: number, lines: readonly string[]): Promise<void> {
    await run('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], `${lines.join('\n')}\n`);
  }

  async ipJson(args: readonly string[]): Promise<readonly unknown[]> {
    const text = await run('ip', ['-j', ...args]);
    return text.trim() === '' ? [] : (JSON.parse(text) as unknown[]);
  }

  async macOf(pid: number, device: string): Promise<string | undefined> {
    const text = await run('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-j', 'link', 'show']);
    const links = JSON.parse(text) as { readonly ifname?: string; readonly address?: string }[];
    return links.find(({ ifname }) => ifname === device)?.address?.toLowerCase();
  }

  saveRules(): Promise<string> {
    return run('iptables-save', []);
  }

  async restoreRules(text: string): Promise<void> {
    await run('iptables-restore', ['--noflush', '--wait', '5'], text);
  }

  async sysctl(name: string, value: string): Promise<void> {
    try {
      await writeFile(`/proc/sys/${name}`, value);
    } catch (cause) {
      throw new Fault('Network', `${name} could not be set to ${value}: ${messageOf(cause)}`, { cause });
    }
  }

  async probe(): Promise<readonly string[]> {
    const problems: string[] = [];
    const attempt = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      try {
        await act();
      } catch (error) {
        problems.push(`${what}: ${messageOf(error)}`);
      }
    };
    await attempt('virtual devices cannot be made', async () => {
      await run('ip', ['link', 'del', probeDevice]).catch(() => {});
      await this.ip([`link add ${probeDevice} type veth peer name rsprobe1`, `link del ${probeDevice}`]);
    });
    await attempt('namespaces cannot be entered', () => run('nsenter', ['--net=/proc/self/ns/net', 'true']));
    await attempt('packet filter rules cannot be read', () => this.saveRules());
    return problems;
  }
}

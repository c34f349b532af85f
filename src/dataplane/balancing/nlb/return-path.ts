import { readFile, rm, writeFile } from 'node:fs/promises';
import { mustRun, runProgram } from '../../programs/index.ts';
import { deviceOf } from '../namespaces.ts';

/** The first of the numbers that stand for a node's device, both as a mark and as a table of routes. */
const firstNumber = 0x5200_0000;
const rulePriority = '8200';

export interface ReturnPathNode {
  readonly interfaceId: string;
  readonly address: string;
  /** The node's: what was set is kept there. */
  readonly directory: string;
}

/**
 * Answers of targets that see the client's own address: they would leave this host for the client, past the node that
 * alone knows whom the client called. Connections that a node sent on are marked, and what answers them goes back to it.
 */
export async function setReturnPath(node: ReturnPathNode): Promise<void> {
  const device = await deviceOf(node.address);
  const [link] = JSON.parse(await mustRun('ip', ['-j', 'link', 'show', 'dev', device])) as {
    readonly ifindex: number;
  }[];
  const number = String(firstNumber + (link?.ifindex ?? 0));
  const before = await readNumber(node.directory);
  if (before !== undefined && before !== number) await removeReturnPath(node);
  await writeFile(fileOf(node.directory), number, { mode: 0o600 });
  await mustRun('ip', ['route', 'replace', 'default', 'via', node.address, 'dev', device, 'onlink', 'table', number]);
  const rule = ['fwmark', number, 'lookup', number, 'priority', rulePriority];
  await runProgram('ip', ['rule', 'del', ...rule]);
  await mustRun('ip', ['rule', 'add', ...rule]);
  await mustRun('nft', ['-f', '-'], markRules({ ...node, device, number }));
}

/** Whether this host lets in what it would answer by another device: with `all` set no device decides for itself. */
export async function returnPathPossible(): Promise<boolean> {
  return (await readFile('/proc/sys/net/ipv4/conf/all/rp_filter', 'utf8').catch(() => '')).trim() === '0';
}

/** Takes it away, also where only a part of it was set. */
export async function removeReturnPath({ interfaceId, directory }: Omit<ReturnPathNode, 'address'>): Promise<void> {
  const number = await readNumber(directory);
  if (number === undefined) return;
  const table = tableOf(interfaceId);
  await mustRun('nft', ['-f', '-'], `table ip ${table}\ndelete table ip ${table}\n`);
  await runProgram('ip', ['rule', 'del', 'fwmark', number, 'lookup', number, 'priority', rulePriority]);
  await runProgram('ip', ['route', 'flush', 'table', number]);
  await rm(fileOf(directory), { force: true });
}

export function markRules({
  interfaceId,
  address,
  device,
  number,
}: Pick<ReturnPathNode, 'interfaceId' | 'address'> & { readonly device: string; readonly number: string }): string {
  const table = tableOf(interfaceId);
  return [
    `table ip ${table}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    '  chain marks {',
    '    type filter hook prerouting priority mangle; policy accept;',
    `    iifname "${device}" ip saddr != ${address} ct state new ct mark set ${number}`,
    `    ct direction reply ct mark ${number} meta mark set ${number}`,
    '  }',
    '}',
    '',
  ].join('\n');
}

function tableOf(interfaceId: string): string {
  return `roadstead_return_${interfaceId.replace(/[^A-Za-z0-9]/g, '')}`;
}

function fileOf(directory: string): string {
  return `${directory}/return-path`;
}

async function readNumber(directory: string): Promise<string | undefined> {
  const text = await readFile(fileOf(directory), 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? text : undefined;
}

import { mustRun } from '../programs/index.ts';
import type { Interception } from './render/configuration.ts';

const table = 'roadstead_mesh';

/** What leads connections from outside to the proxy, as a script of nft: whole, so that it may be repeated. Pure. */
export function interceptionScript(interceptions: readonly Interception[]): string {
  const rules = interceptions.map(
    ({ port, listenerPort }) =>
      `    iifname != "lo" tcp dport ${Math.trunc(port)} redirect to :${Math.trunc(listenerPort)}`,
  );
  return [
    `table ip ${table}`,
    `delete table ip ${table}`,
    `table ip ${table} {`,
    '  chain ingress {',
    '    type nat hook prerouting priority dstnat; policy accept;',
    ...rules,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** Sets the rules in the network namespace of a process. They go with it. Throws Fault `Program`. */
export async function intercept(pid: number, interceptions: readonly Interception[]): Promise<void> {
  await mustRun('nsenter', [`--net=/proc/${pid}/ns/net`, 'nft', '-f', '-'], interceptionScript(interceptions));
}

import { createHash } from 'node:crypto';
import type { PortProtocol } from './ports.ts';

/** A port of the host that leads to the nodes of a load balancer here. */
export interface LedPort {
  readonly port: number;
  readonly protocol: PortProtocol;
  /** Addresses of the nodes. */
  readonly nodes: readonly string[];
}

/** A table for each agent of the host. */
export function hostTable(owner: string): string {
  return `roadstead_listeners_${createHash('sha256').update(owner).digest('hex').slice(0, 12)}`;
}

/**
 * What leads the host's own addresses to nodes, as input of `nft -f`; it replaces the agent's table. Link-local addresses
 * are left to what answers in tasks. Who calls from the host itself is seen under one of its addresses, because nobody
 * could answer 127.0.0.1.
 */
export function hostRules(owner: string, ports: readonly LedPort[]): string {
  const table = hostTable(owner);
  const rules = [...ports]
    .sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol))
    .map(
      ({ port, protocol, nodes }) => `    ${protocol} dport ${port} dnat ip to ${destination([...nodes].sort(), port)}`,
    );
  const drop = [`table ip ${table}`, `delete table ip ${table}`];
  if (rules.length === 0) return `${drop.join('\n')}\n`;
  const own = 'fib daddr type local ip daddr != 169.254.0.0/16 jump listeners';
  return [
    ...drop,
    `table ip ${table} {`,
    '  chain listeners {',
    ...rules,
    '  }',
    '  chain arrivals {',
    '    type nat hook prerouting priority dstnat - 5; policy accept;',
    `    ${own}`,
    '  }',
    '  chain calls {',
    '    type nat hook output priority -105; policy accept;',
    `    ${own}`,
    '  }',
    '  chain departures {',
    '    type nat hook postrouting priority srcnat - 5; policy accept;',
    `    ip saddr 127.0.0.0/8 ip daddr { ${[...new Set(ports.flatMap(({ nodes }) => nodes))].sort().join(', ')} } masquerade`,
    '  }',
    '}',
    '',
  ].join('\n');
}

function destination(nodes: readonly string[], port: number): string {
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1) return `${only}:${port}`;
  const entries = nodes.map((node, index) => `${index} : ${node} . ${port}`);
  return `numgen inc mod ${nodes.length} map { ${entries.join(', ')} }`;
}

import { Resolver } from 'node:dns/promises';
import type { Names } from '../ports.ts';

/** Questions of DNS to a server of our choice, by Node.js's own resolver. */
export function serverNames(): Names {
  return { lookUp };
}

async function lookUp(server: string, name: string, type: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([server]);
  switch (type) {
    case 'SRV': {
      const found = await resolver.resolveSrv(name);
      return found.map(({ priority, weight, port, name: target }) => `${priority} ${weight} ${port} ${target}`);
    }
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(''));
    case 'AAAA':
      return await resolver.resolve6(name);
    case 'CNAME':
      return await resolver.resolveCname(name);
    case 'NS':
      return await resolver.resolveNs(name);
    case 'PTR':
      return /^[\d.]+$/.test(name) ? await resolver.reverse(name) : await resolver.resolvePtr(name);
    default:
      return await resolver.resolve4(name);
  }
}

import type { FirewallInput, LocalInterface } from './input.ts';
import { addressWords, words } from './match.ts';
import { pieceName } from './names.ts';
import type { Pieces } from './pieces.ts';

/**
 * What may leave the VPC, per subnet: what its route table leads to an internet gateway or a NAT gateway. Longest prefix
 * first; what no route has stays inside.
 */
export function routeChains({ subnets }: FirewallInput, local: readonly LocalInterface[]): Pieces {
  const ids = new Set(local.map(({ body }) => body.subnetId));
  return {
    sets: [],
    chains: [...ids].map((id) => {
      const rules = (subnets.get(id)?.routes ?? []).map(({ destination, by }) =>
        words(addressWords('daddr', destination), by === 'internet' || by === 'nat' ? 'accept' : 'drop'),
      );
      return [pieceName('w', id), { rules: [...rules, 'drop'] }];
    }),
  };
}

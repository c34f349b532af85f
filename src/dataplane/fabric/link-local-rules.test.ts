import { expect, test } from 'vitest';
import { missingEndpointRules, removalOfEndpointRules } from './link-local-rules.ts';

const docker = `*filter
:INPUT DROP [0:0]
-A INPUT -i eth0 -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
COMMIT
`;

const dnat =
  '-d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m comment --comment endpoints-of-roadstead -j DNAT --to-destination 169.254.170.2:51679';
const accept = '-d 169.254.170.2/32 -p tcp -m tcp --dport 51679 -m comment --comment endpoints-of-roadstead -j ACCEPT';

/** What `iptables-save` shows when ours stand at the heads of their chains. */
const set = docker
  .replace('-A INPUT -i', `-A INPUT ${accept}\n-A INPUT -i`)
  .replace('-A PREROUTING -m', `-A PREROUTING ${dnat}\n-A PREROUTING -m`)
  .replace('-A OUTPUT !', `-A OUTPUT ${dnat}\n-A OUTPUT !`);

test('the rules go before those of others, once', () => {
  expect(missingEndpointRules(docker, 51_679)).toBe(
    `*filter\n-I INPUT ${accept}\nCOMMIT\n*nat\n-I PREROUTING ${dnat}\n-I OUTPUT ${dnat}\nCOMMIT\n`,
  );
  expect(missingEndpointRules(set, 51_679)).toBeUndefined();
});

test('rules that came to stand behind Docker’s are moved, and those of another port replaced', () => {
  const behind = docker.replace('-j DOCKER\n-A OUTPUT', `-j DOCKER\n-A PREROUTING ${dnat}\n-A OUTPUT`);
  expect(missingEndpointRules(behind, 51_679)?.split('\n')).toEqual(
    expect.arrayContaining([`-D PREROUTING ${dnat}`, `-I PREROUTING ${dnat}`]),
  );
  expect(missingEndpointRules(set, 4000)?.match(/^-D /gm)).toHaveLength(3);
});

test('removal takes ours alone', () => {
  expect(removalOfEndpointRules(docker)).toBeUndefined();
  expect(removalOfEndpointRules(set)).toBe(
    `*filter\n-D INPUT ${accept}\nCOMMIT\n*nat\n-D PREROUTING ${dnat}\n-D OUTPUT ${dnat}\nCOMMIT\n`,
  );
});

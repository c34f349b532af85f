import { expect, test } from 'vitest';
import { missingRules, removalOfRules } from './rules.ts';

const docker = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A DOCKER-USER -j RETURN
COMMIT
*nat
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
COMMIT
`;

/** What `iptables-save` shows after `iptables-restore --noflush`. */
function applied(saved: string, restored: string): string {
  const lines = saved.split('\n');
  let table = '';
  for (const line of restored.split('\n')) {
    if (line.startsWith('*')) table = line;
    const at = lines.indexOf(table) + 1;
    const rule = line.slice(3);
    if (line.startsWith('-N')) lines.splice(at, 0, `:${rule} - [0:0]`);
    if (line.startsWith('-I')) lines.splice(lines.indexOf('COMMIT', at), 0, `-A ${rule}`);
    if (line.startsWith('-A')) lines.splice(lines.indexOf('COMMIT', at), 0, line);
    if (line.startsWith('-D')) lines.splice(lines.indexOf(`-A ${rule}`, at), 1);
    if (line.startsWith('-F'))
      lines.splice(at, lines.length, ...lines.slice(at).filter((one) => !one.startsWith(`-A ${rule} `)));
    if (line.startsWith('-X'))
      lines.splice(
        lines.findIndex((one) => one.startsWith(`:${rule} `)),
        1,
      );
  }
  return lines.join('\n');
}

test('what is missing is set once, and not again', () => {
  const first = missingRules(docker, ['172.31.0.0/20']);
  expect(first).toContain('-I DOCKER-USER -i rs+ -m comment --comment roadstead -j ACCEPT');
  expect(first).toContain(
    '-A ROADSTEAD-POSTROUTING -s 172.31.0.0/20 ! -o rs+ -m comment --comment roadstead -j MASQUERADE',
  );
  const saved = applied(docker, first ?? '');
  expect(missingRules(saved, ['172.31.0.0/20'])).toBeUndefined();
  expect(missingRules(saved, ['172.31.0.0/20', '172.31.16.0/20'])?.split('\n')).toEqual([
    '*nat',
    '-A ROADSTEAD-POSTROUTING -s 172.31.16.0/20 ! -o rs+ -m comment --comment roadstead -j MASQUERADE',
    'COMMIT',
    '',
  ]);
});

test('Docker that made its chains anew gets the rules again', () => {
  const saved = applied(docker, missingRules(docker, []) ?? '');
  const restarted = saved.replace(/^-A DOCKER-USER -[io] .*\n/gm, '');
  expect(missingRules(restarted, [])?.match(/-I DOCKER-USER/g)).toHaveLength(2);
});

test('without DOCKER-USER the rules go to FORWARD', () => {
  expect(missingRules('*filter\n:FORWARD DROP [0:0]\nCOMMIT\n', [])).toContain('-I FORWARD -o rs+');
});

test('removal leaves what was there before', () => {
  expect(removalOfRules(docker)).toBeUndefined();
  const saved = applied(docker, missingRules(docker, ['172.31.0.0/20']) ?? '');
  expect(applied(saved, removalOfRules(saved) ?? '').trim()).toBe(docker.trim());
});

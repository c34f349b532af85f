import { expect, test } from 'vitest';
import { type RenderedBackend, readServers, serverChanges } from './servers.ts';

const state = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight
3 tg_1 1 10.0.0.1_80 10.0.0.1 2 0 100 100
3 tg_1 2 10.0.0.2_80 10.0.0.2 0 1 100 100
3 tg_1 3 10.0.0.3_80 10.0.0.3 0 5 100 100
4 tg_2 1 10.0.0.9_80 10.0.0.9 2 0 100 100

`;

function backend(name: string, servers: Readonly<Record<string, boolean>>): RenderedBackend {
  return {
    name,
    lines: [],
    serverOptions: 'weight 100',
    servers: Object.entries(servers).map(([address, enabled]) => ({
      name: `${address}_80`,
      address: `${address}:80`,
      enabled,
    })),
  };
}

test('the difference between what runs and what is wanted, as commands', () => {
  const running = readServers(state);
  expect(running.get('tg_1')).toEqual(
    new Map([
      ['10.0.0.1_80', true],
      ['10.0.0.2_80', false],
      ['10.0.0.3_80', false],
    ]),
  );
  const changes = serverChanges(running, [
    backend('tg_1', { '10.0.0.1': false, '10.0.0.2': true, '10.0.0.4': true, '10.0.0.5': false }),
    backend('tg_2', {}),
  ]);
  expect(changes.commands).toEqual([
    'set server tg_1/10.0.0.1_80 state maint',
    'set server tg_1/10.0.0.2_80 state ready',
    'add server tg_1/10.0.0.4_80 10.0.0.4:80 weight 100',
    'set server tg_1/10.0.0.4_80 state ready',
    'add server tg_1/10.0.0.5_80 10.0.0.5:80 weight 100',
    'set server tg_2/10.0.0.9_80 state maint',
  ]);
  expect(changes.removals).toEqual(['tg_1/10.0.0.3_80', 'tg_2/10.0.0.9_80']);
});

test('nothing to do is nothing', () => {
  const changes = serverChanges(readServers(state), [
    backend('tg_1', { '10.0.0.1': true, '10.0.0.2': false, '10.0.0.3': false }),
    backend('tg_2', { '10.0.0.9': true }),
  ]);
  expect(changes).toEqual({ commands: [], removals: [] });
});

test('checks of a new server are set going, and its own words count', () => {
  const servers = [
    { name: 'a', address: '10.0.0.1:80', enabled: true },
    { name: 'b', address: '10.0.0.1:80', enabled: true, options: 'backup' },
  ];
  const { commands } = serverChanges(new Map(), [{ name: 'be', lines: [], serverOptions: 'check inter 1s', servers }]);
  expect(commands).toEqual([
    'add server be/a 10.0.0.1:80 check inter 1s',
    'enable health be/a',
    'set server be/a state ready',
    'add server be/b 10.0.0.1:80 backup',
    'set server be/b state ready',
  ]);
});

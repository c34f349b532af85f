import { createSocket } from 'node:dgram';
import dns, { type Answer } from 'dns-packet';
import { expect, test } from 'vitest';
import { TestInstallation } from '../../../test/support/command-line.ts';

/** A server of DNS that knows one name. */
async function serving(records: readonly Answer[]): Promise<AsyncDisposable & { readonly address: string }> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, { address, port }) => {
    const { id = 0, questions = [] } = dns.decode(bytes);
    const [asked] = questions;
    const known = records.filter(({ name }) => name === asked?.name);
    const answers = known.filter(({ type }) => type === asked?.type);
    const flags = known.length === 0 ? 3 : 0;
    socket.send(dns.encode({ type: 'response', id, flags, questions, answers }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

test('dns lookup prints what the resolver answers, and says what is not there', async () => {
  await using server = await serving([
    { type: 'A', name: 'web.local', ttl: 1, data: '10.0.0.1' },
    { type: 'SRV', name: 's.local', ttl: 1, data: { priority: 1, weight: 1, port: 80, target: 'a.s.local' } },
  ]);
  await using installation = await TestInstallation.create();
  const ask = (...args: string[]) => installation.run(['dns', 'lookup', ...args, '--server', server.address]);
  expect((await ask('web.local', '-q')).stdout).toBe('10.0.0.1\n');
  expect(JSON.parse((await ask('s.local', 'srv', '--json')).stdout)).toMatchObject({
    type: 'SRV',
    values: ['1 1 80 a.s.local'],
  });
  const gone = await ask('none.local');
  expect([gone.exitCode, gone.stderr]).toEqual([3, expect.stringContaining('there is no such name')]);
  expect((await ask('web.local', 'SRV')).stderr).toContain('it is there, without SRV records');
});

test('dns configuration prints what the machine’s own resolver needs', async () => {
  await using installation = await TestInstallation.create();
  const print = async (...args: string[]) => (await installation.run(['dns', 'configuration', ...args])).stdout;
  expect(await print('shop.local', 'elb.localhost')).toContain(
    '[Resolve]\nDNS=169.254.169.253\nDomains=~shop.local ~elb.localhost\n',
  );
  expect(await print('--for', 'dnsmasq')).toContain('server=/elb.localhost/169.254.169.253\n');
});

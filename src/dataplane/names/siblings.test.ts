import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { SocketSiblings } from './siblings.ts';

test('a question is handed to whoever of the host knows, and to nobody who is gone', async () => {
  const directory = await mkdtemp(`${tmpdir()}/roadstead-names-`);
  const clock = new ManualClock(instantFromMs(0));
  const of = (name: string): SocketSiblings => new SocketSiblings({ directory, name }, clock);
  const seen: string[] = [];
  const asking = of('a');
  {
    await using _own = await asking.serve(() => Buffer.from('own'));
    await using _ignorant = await of('b').serve(() => undefined);
    await using _knowing = await of('c').serve(async (message, from, transport) => {
      seen.push(`${from} ${transport}`);
      await Promise.resolve();
      return Buffer.concat([message, Buffer.from('!')]);
    });
    expect((await asking.ask(Buffer.from('what'), '10.0.0.1', 'udp'))?.toString()).toBe('what!');
    expect((await asking.ask(Buffer.from('that'), '', 'tcp'))?.toString()).toBe('that!');
    expect(seen).toEqual(['10.0.0.1 udp', ' tcp']);
  }
  clock.advanceMs(1_000);
  expect(await asking.ask(Buffer.from('what'), '10.0.0.1', 'udp')).toBeUndefined();
  await rm(directory, { recursive: true });
});

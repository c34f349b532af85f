import { expect, test } from 'vitest';
import { instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { type Connection, connectionPair } from '#wire/link';
import { keepConnected, socketUrl } from './session.ts';

test('a websocket address is the endpoint with ws below it and a sorted query', () => {
  const query = { seqNum: '1', clusterArn: 'a/b', agentHash: 'x' };
  expect(socketUrl('http://10.0.0.5:4566/acs', query)).toBe(
    'ws://10.0.0.5:4566/acs/ws?agentHash=x&clusterArn=a%2Fb&seqNum=1',
  );
  expect(socketUrl('https://ecs.example/', {})).toBe('wss://ecs.example/ws?');
});

test('who was asked for signs of life and is asked no longer calls again soon', async () => {
  const clock = new ManualClock(instantFromMs(1_760_000_000_000));
  const servers: Connection[] = [];
  const stop = new AbortController();
  const backoff = { firstMs: 250, maxMs: 250, factor: [1, 1], jitterPercent: 0 } as const;
  const running = keepConnected(
    { name: 'acs', backoff, inactivityMs: 60_000, unaskedMs: 10_000, renewMs: 3_600_000 },
    {
      clock,
      random: new SeededRandom(1),
      log: silentLogger,
      open: async () => {
        const { client, server } = connectionPair(clock);
        servers.push(server);
        return client;
      },
      onOpen: () => {},
      onFrame: () => true,
      onClose: () => {},
    },
    stop.signal,
  );
  const pass = async (ms: number, asked = false): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 500) {
      if (asked && passed % 2_000 === 0) servers.at(-1)?.ping();
      clock.advanceMs(500);
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(50_000);
  expect(servers).toHaveLength(1);
  await pass(300_000, true);
  expect(servers).toHaveLength(1);
  await pass(6_000);
  expect(servers).toHaveLength(1);
  await pass(6_000);
  expect(servers).toHaveLength(2);
  stop.abort();
  await pass(500);
  await running;
});

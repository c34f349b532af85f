import { assert, dictionary, jsonValue, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, ManualClock } from '#base';
import { type Connection, connectionPair, decodeFrame, encodeFrame, splitTelemetryFrame } from './index.ts';

describe('frames', () => {
  it('come back as they were sent', () => {
    assert(
      property(string(), dictionary(string(), jsonValue()), (type, message) => {
        const frame = JSON.parse(JSON.stringify({ type, message })) as { type: string; message: object };
        expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
      }),
    );
  });

  it('are undefined for whatever is no frame', () => {
    for (const text of ['', '{', '[]', 'null', '1', '{"message":{}}', '{"type":1}', '{"type":"X","message":[]}']) {
      expect(decodeFrame(text), text).toBeUndefined();
    }
    expect(decodeFrame('{"type":"X"}')).toEqual({ type: 'X', message: {} });
  });

  it('lose the signed header block of a stock agent', () => {
    const json = '{"type":"PublishHealthRequest","message":{}}';
    expect(splitTelemetryFrame(`Authorization: AWS4\r\nHost: h\r\n\r\n${json}`)).toBe(json);
    expect(splitTelemetryFrame(json)).toBe(json);
  });
});

describe('a connection pair', () => {
  const start = 1_000 as Instant;

  function recorded(connection: Connection): unknown[] {
    const seen: unknown[] = [];
    connection.onMessage((text) => seen.push(text));
    connection.onClose((code, reason) => seen.push([code, reason]));
    return seen;
  }

  it('delivers in order whatever the latencies', () => {
    const clock = new ManualClock(start);
    const latencies = [30, 10, 20];
    const pair = connectionPair(clock, { latencyMs: () => latencies.shift() ?? 0 });
    const seen = recorded(pair.server);
    for (const text of ['a', 'b', 'c']) pair.client.send(text);
    expect(seen).toEqual([]);
    clock.advanceMs(100);
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('closes behind what was sent, on both sides, once', () => {
    const clock = new ManualClock(start);
    const pair = connectionPair(clock);
    const server = recorded(pair.server);
    const client = recorded(pair.client);
    pair.client.send('last');
    pair.client.close(1000, 'done');
    pair.client.send('lost');
    pair.client.close(1001, 'again');
    clock.advanceMs(1);
    expect(server).toEqual(['last', [1000, 'done']]);
    expect(client).toEqual([[1000, 'done']]);
  });

  it('loses what is under way when it is cut', () => {
    const clock = new ManualClock(start);
    const pair = connectionPair(clock, { latencyMs: () => 5 });
    const server = recorded(pair.server);
    const client = recorded(pair.client);
    pair.client.send('lost');
    pair.cut(50);
    clock.advanceMs(49);
    expect([server, client]).toEqual([[], []]);
    clock.advanceMs(1);
    expect([server, client]).toEqual([[[1006, '']], [[1006, '']]]);
  });
});

import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bodyLimitOf, decodeBody } from './body.ts';

const plain = Buffer.from('{"metricData":[]}');
const gzip = { 'content-encoding': 'gzip' };

describe('decodeBody', () => {
  test('gives plain bodies as they are and inflates gzip', () => {
    expect(decodeBody({}, plain, 100)).toBe(plain);
    expect(decodeBody({ 'content-encoding': 'identity, aws-chunked' }, plain, 100)).toBe(plain);
    expect(Buffer.from(decodeBody(gzip, gzipSync(plain), 100)).toString()).toBe(plain.toString());
    expect(Buffer.from(decodeBody({ 'content-encoding': 'X-GZIP' }, gzipSync(plain), 100)).toString()).toBe(
      plain.toString(),
    );
  });

  test('refuses what is too large, before or after inflating', () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    expect(bomb.length).toBeLessThan(20_000);
    for (const [headers, body, limit] of [
      [{}, Buffer.alloc(101), 100],
      [gzip, bomb, 1_000_000],
      [gzip, bomb, 100],
    ] as const) {
      expect(() => decodeBody(headers, body, limit)).toThrow(
        expect.objectContaining({ code: 'RequestEntityTooLarge', status: 413 }),
      );
    }
  });

  test('refuses what is not gzip and what is compressed in another way', () => {
    for (const [encoding, body] of [
      ['gzip', plain],
      ['gzip', gzipSync(plain).subarray(0, 10)],
      ['br', plain],
      ['deflate', deflateSync(plain)],
      ['gzip, gzip', gzipSync(gzipSync(plain))],
    ] as const) {
      expect(() => decodeBody({ 'content-encoding': encoding }, body, 1000)).toThrow(
        expect.objectContaining({ code: 'SerializationException' }),
      );
    }
  });
});

test('ECS takes a mebibyte, and so does a service without a row', () => {
  expect(bodyLimitOf('ecs')).toBe(1_048_576);
  expect(bodyLimitOf('something')).toBe(1_048_576);
  expect(bodyLimitOf('toString')).toBe(1_048_576);
});

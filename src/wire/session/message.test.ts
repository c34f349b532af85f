import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './message.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const message = {
  type: 'output_stream_data',
  createdAtMs: 1_795_348_800_000,
  sequence: 7,
  flags: 1,
  id: '00112233-4455-4677-8899-aabbccddeeff',
  payloadType: 1,
  payload: Buffer.from('hi'),
};

test('lays a message out as the plugin reads it', () => {
  const bytes = Buffer.from(encodeMessage(message));
  expect(bytes.readUInt32BE(0)).toBe(116);
  expect(bytes.toString('latin1', 4, 36)).toBe('output_stream_data'.padEnd(32));
  expect(bytes.readUInt32BE(36)).toBe(1);
  expect(bytes.readBigUInt64BE(40)).toBe(1_795_348_800_000n);
  expect(bytes.readBigInt64BE(48)).toBe(7n);
  expect(bytes.readBigUInt64BE(56)).toBe(1n);
  expect(bytes.toString('hex', 64, 80)).toBe('8899aabbccddeeff0011223344554677');
  expect(bytes.subarray(80, 112)).toEqual(sha256(message.payload));
  expect(bytes.readUInt32BE(112)).toBe(1);
  expect(bytes.readUInt32BE(116)).toBe(2);
  expect(bytes.toString('latin1', 120)).toBe('hi');
});

test('any message is read as it was written; a cut or changed one is none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.uuid(), fc.nat(19), (payload, sequence, id, at) => {
      const bytes = encodeMessage({ ...message, payload, sequence, id });
      const read = decodeMessage(bytes);
      expect(read).toEqual({ ...message, payload, sequence, id });
      expect(decodeMessage(bytes.subarray(0, 100 + at))).toBeUndefined();
      if (payload.length === 0) return;
      const changed = Uint8Array.from(bytes);
      changed[120 + (at % payload.length)] = (changed[120 + (at % payload.length)] ?? 0) ^ 1;
      expect(decodeMessage(changed)).toBeUndefined();
    }),
  );
});

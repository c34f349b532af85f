import { expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { encodeMessage, payloadTypes } from '#wire/session';
import { Transcript, type TranscriptLine } from './transcript.ts';

const atMs = 1_795_348_800_000;

function transcript(keep: (lines: readonly TranscriptLine[]) => Promise<void>) {
  const lost: unknown[] = [];
  const made = new Transcript(
    { logGroup: 'group', logStream: 'session' },
    {
      clock: new ManualClock(instantFromMs(atMs)),
      keep: (_, lines) => keep(lines),
      onLost: (error) => lost.push(error),
    },
  );
  return { made, lost };
}

function message(sequence: number, text: string, payloadType: number = payloadTypes.output): Uint8Array {
  const head = { type: 'output_stream_data', createdAtMs: atMs, flags: 0, id: '00112233-4455-4677-8899-aabbccddeeff' };
  return encodeMessage({ ...head, sequence, payloadType, payload: Buffer.from(text) });
}

test('keeps what is shown, a line each, repeated messages once, the handshake not at all', async () => {
  const kept: TranscriptLine[] = [];
  const { made } = transcript(async (lines) => void kept.push(...lines));
  made.take('{"TokenValue":"secret"}');
  made.take(message(0, '{"AgentVersion":"3"}', payloadTypes.handshakeRequest));
  made.take(message(1, 'one\r\ntw'));
  made.take(message(1, 'one\r\ntw'));
  made.take(message(2, 'o\n\nwrong\n', payloadTypes.standardError));
  made.take(message(3, 'no end'));
  made.end();
  await expect.poll(() => kept.length).toBe(4);
  expect(kept).toEqual(['one', 'two', 'wrong', 'no end'].map((text) => ({ timestampMs: atMs, message: text })));
});

test('a store that fails loses those lines and no others, and is told', async () => {
  const kept: string[] = [];
  let failing = true;
  const { made, lost } = transcript(async (lines) => {
    if (failing) throw new Error('full');
    kept.push(...lines.map((line) => line.message));
  });
  made.take(message(0, 'lost\n'));
  await expect.poll(() => lost.length).toBe(1);
  failing = false;
  made.take(message(1, 'kept\n'));
  await expect.poll(() => kept).toEqual(['kept']);
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ids, instantFromMs, ManualClock, SeededRandom } from '#base';
import { ClientEnd } from './client-end.ts';
import { dataPair } from './data-pair.ts';
import { HostEnd } from './host-end.ts';

/** Both ends of one session; the host's end does what `cat` does. */
function world(options: { fate?: (n: number) => readonly number[] } = {}) {
  const clock = new ManualClock(instantFromMs(1_795_348_800_000));
  const ids = new Ids(new SeededRandom(1));
  let sent = 0;
  const fate = options.fate === undefined ? {} : { fate: () => options.fate?.(sent++) ?? [] };
  const [near, far] = dataPair(fate, { clock });
  const seen = { input: '', output: '', error: '', sizes: [] as string[], ready: 0, inputEnded: false, ended: false };
  const host: HostEnd = new HostEnd(
    { connection: far, clock, ids },
    {
      onReady: () => {
        seen.ready++;
      },
      onInput: async (bytes) => {
        seen.input += Buffer.from(bytes).toString();
        await host.output(bytes);
      },
      onInputEnd: () => {
        seen.inputEnded = true;
      },
      onSize: ({ cols, rows }) => {
        seen.sizes.push(`${cols}x${rows}`);
      },
      onEnd: () => {
        seen.ended = true;
      },
    },
  );
  const client = new ClientEnd(
    { tokenValue: 't', version: '1', terminal: true },
    { connection: near, clock, ids },
    {
      onReady: () => {},
      onOutput: async (bytes) => {
        seen.output += Buffer.from(bytes).toString();
      },
      onStandardError: async (bytes) => {
        seen.error += Buffer.from(bytes).toString();
      },
    },
  );
  const pass = async (ms: number, until: () => boolean = () => false): Promise<void> => {
    for (let passed = 0; passed < ms && !until(); passed += 10) {
      clock.advanceMs(10);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { clock, host, client, seen, pass, near, far };
}

describe('a session', () => {
  test('shakes hands, carries input, output, errors, sizes and the end of input, and ends with the exit code', async () => {
    const { host, client, seen, pass } = world();
    void client.input(Buffer.from('typed early, '));
    void client.input(Buffer.from('then more'));
    client.resize({ cols: 120, rows: 40 });
    void client.endInput();
    await pass(200);
    expect(seen).toMatchObject({ input: 'typed early, then more', output: 'typed early, then more', ready: 1 });
    expect(seen).toMatchObject({ sizes: ['120x40'], inputEnded: true, ended: false });
    void host.standardError(Buffer.from('a complaint'));
    void host.finish(7);
    await pass(200);
    expect(seen.error).toBe('a complaint');
    expect(await client.ended).toEqual({ exitCode: 7, reason: '' });
  });

  test('more than the window passes whole, and a reader that is slow holds the writer up', async () => {
    const { host, seen, pass } = world();
    const long = Buffer.alloc(300_000, 'x');
    let sent = false;
    void host.output(long).then(() => {
      sent = true;
    });
    await pass(20);
    expect(sent).toBe(false);
    await pass(60_000, () => sent);
    await pass(100);
    expect(seen.output.length).toBe(long.length);
  });

  test('what is lost, doubled or late arrives once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom([1], [1], [1], [], [1, 3], [40]), { minLength: 1, maxLength: 40 }),
        async (fates) => {
          const { host, client, seen, pass } = world({
            fate: (n) => (n < 80 ? (fates[n % fates.length] ?? [1]) : [1]),
          });
          const words = Array.from({ length: 20 }, (_, n) => `word${n};`);
          for (const word of words) void client.input(Buffer.from(word));
          await pass(60_000, () => seen.output.length >= words.join('').length);
          expect(seen.input).toBe(words.join(''));
          expect(seen.output).toBe(words.join(''));
          void host.finish(0);
          await pass(60_000, () => seen.ended);
          await pass(50);
          expect(await client.ended).toEqual({ exitCode: 0, reason: '' });
        },
      ),
      { numRuns: 25 },
    );
  });

  test('ends on both sides when the client goes', async () => {
    const { client, seen, pass } = world();
    await pass(100);
    client.close();
    await pass(100);
    expect(seen.ended).toBe(true);
    expect(await client.ended).toEqual({ reason: '' });
  });
});

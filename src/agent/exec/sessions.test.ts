import { expect, test } from 'vitest';
import { Ids, instantFromMs, ManualClock, SeededRandom, silentLogger } from '#base';
import { ClientEnd } from '#wire/session';
import { dataPair } from '../../wire/session/data-pair.ts';
import { SimulatedRuntime } from '../runtime/simulated.ts';
import type { EngineTask } from '../task/state.ts';
import { CommandSessions } from './sessions.ts';

/** One container on a simulated engine, and a client whose session is joined. */
async function world(options: {
  readonly command: string;
  readonly known?: 'RUNNING' | 'STOPPED';
  readonly terminal?: boolean;
}) {
  const clock = new ManualClock(instantFromMs(1_795_348_800_000));
  const random = new SeededRandom(1);
  const ids = new Ids(random);
  const runtime = new SimulatedRuntime({ images: ['app:1'] }, { clock, random });
  const runtimeId = await runtime.createContainer('app', { Image: 'app:1', Labels: {}, HostConfig: {} });
  await runtime.startContainer(runtimeId);
  const { known = 'RUNNING', terminal = false, command } = options;
  const task = { containers: [{ name: 'main', known, runtimeId }] } as unknown as EngineTask;
  const [near, far] = dataPair({}, { clock });
  const sessions = new CommandSessions({
    runtime,
    findTask: (arn) => (arn === 'task' ? task : undefined),
    connect: () => Promise.resolve(far),
    clock,
    ids,
    log: silentLogger,
  });
  const seen = { output: '', error: '' };
  const client = new ClientEnd(
    { tokenValue: 'token', version: '1', terminal },
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
  const message = { messageId: 'm', sessionId: 's', streamPath: '/', tokenValue: 'other' };
  await sessions.start({ ...message, taskArn: 'task', containerName: 'main', command, terminal });
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed++) {
      clock.advanceMs(1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { runtime, sessions, client, seen, pass };
}

test('runs the command in the container as root, carries what goes in and comes out, and tells the exit code', async () => {
  const { runtime, client, seen, pass } = await world({ command: 'cat' });
  void client.input(Buffer.from('what was said'));
  void client.endInput();
  await pass(60);
  expect(seen).toEqual({ output: 'what was said', error: '' });
  expect(await client.ended).toEqual({ exitCode: 0, reason: '' });
  expect(runtime.journal).toContain('exec app: cat');
  const failing = await world({ command: 'false' });
  await failing.pass(60);
  expect(await failing.client.ended).toEqual({ exitCode: 1, reason: '' });
});

test('what cannot be started is told on standard error, with 126', async () => {
  const { client, seen, pass } = await world({ command: 'no-such-program --at-all' });
  await pass(60);
  expect(seen.error).toContain('executable file not found');
  expect(await client.ended).toEqual({ exitCode: 126, reason: '' });
  const gone = await world({ command: 'cat', known: 'STOPPED' });
  await gone.pass(60);
  expect(gone.seen.error).toContain('does not run');
});

test('on a terminal the end of input is a character', async () => {
  const { client, seen, pass } = await world({ command: 'cat', terminal: true });
  void client.input(Buffer.from('typed'));
  void client.endInput();
  await pass(60);
  expect(seen.output).toBe('typed\u0004');
  client.close();
  await pass(60);
});

test('the command ends with its session, and the session with the agent', async () => {
  const { client, sessions, pass } = await world({ command: 'cat' });
  await pass(30);
  sessions.close();
  await pass(30);
  expect(await client.ended).toEqual({ reason: 'The agent of the task ends.' });
});

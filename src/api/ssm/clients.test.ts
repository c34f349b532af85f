import * as client from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Ids, SeededRandom, silentLogger } from '#base';
import type { OpenedSession, SessionCall } from '#sessions';
import { ClientEnd, decodeMessage, encodeMessage, messageFlags, payloadTypes, readObject } from '#wire/session';
import { type CuttableLine, cuttableLine } from '../../../test/support/cuttable-line.ts';
import { type Credentials, type ServerHarness, serverHarness } from '../../../test/support/server-harness.ts';
import { CommandSessions } from '../../agent/exec/sessions.ts';
import { createConnectSession } from '../../agent/exec/system-connect.ts';
import { SimulatedRuntime } from '../../agent/runtime/simulated.ts';
import type { EngineTask } from '../../agent/task/state.ts';
import { openChannel } from '../../cli/adapters/channel.ts';
import { resumeOf } from '../../cli/resuming.ts';
import { SystemClock } from '../../main/system-clock.ts';

/** AWS's own client, and both of a session's, against the whole control plane behind a real socket that can be cut. */

const clock = new SystemClock();
const ids = new Ids(new SeededRandom(3));
const request = {
  taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
  containerName: 'main',
  containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
  command: 'cat',
  principalArn: 'arn:aws:iam::000000000000:root',
};

let server: ServerHarness;
let line: CuttableLine;

beforeEach(async () => {
  server = await serverHarness();
  line = await cuttableLine(server.url);
  const host = await commandHost();
  // The agent of the task, as it would be called by its control channel.
  vi.spyOn(server.controlPlane.dispatcher, 'startSession').mockImplementation((_arn, call) => {
    host(call as SessionCall);
    return true;
  });
});

afterEach(async () => {
  await line[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** An agent's command sessions in one simulated container. */
async function commandHost(): Promise<(call: SessionCall) => void> {
  const random = new SeededRandom(1);
  const runtime = new SimulatedRuntime({ images: ['app:1'] }, { clock, random });
  const runtimeId = await runtime.createContainer('app', { Image: 'app:1', Labels: {}, HostConfig: {} });
  await runtime.startContainer(runtimeId);
  const task = { containers: [{ name: 'main', known: 'RUNNING', runtimeId }] } as unknown as EngineTask;
  const connect = createConnectSession({ endpoint: server.url });
  const sessions = new CommandSessions({ runtime, findTask: () => task, connect, clock, ids, log: silentLogger });
  return (call) => void sessions.start({ messageId: 'm', ...call });
}

function ssm({ accessKeyId, secretAccessKey }: Credentials = server.root): client.SSMClient {
  const credentials = { accessKeyId, secretAccessKey };
  return new client.SSMClient({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

function resumed(SessionId: string): Promise<client.ResumeSessionCommandOutput> {
  return ssm().send(new client.ResumeSessionCommand({ SessionId }));
}

describe('roadstead exec', () => {
  it('goes on where it was when its connection is cut, with what was typed and shown meanwhile', async () => {
    const { sessionId, streamPath, tokenValue } = server.controlPlane.sessions.open(request);
    const shown: Buffer[] = [];
    const far = async (url: string) =>
      openChannel(`${line.url.replace('http', 'ws')}${new URL(url, 'ws://x').pathname}`);
    const controlPlane = { ssm: (_: 'ResumeSession', input: { SessionId: string }) => resumed(input.SessionId) };
    const end = new ClientEnd(
      { tokenValue, version: '1', terminal: false },
      {
        connection: await far(streamPath),
        clock,
        ids,
        resume: resumeOf(
          { sessionId, streamUrl: streamPath },
          { controlPlane: controlPlane as never, openChannel: far, clock, signal: new AbortController().signal },
        ),
      },
      {
        onReady: () => {},
        onOutput: async (bytes) => void shown.push(Buffer.from(bytes)),
        onStandardError: () => Promise.resolve(),
      },
    );
    const text = (): string => Buffer.concat(shown).toString();
    void end.input(Buffer.from('before;'));
    await expect.poll(text).toBe('before;');
    line.swallow();
    void end.input(Buffer.from('while it was dead;'));
    line.cut();
    void end.input(Buffer.from('while it was away;'));
    await expect.poll(text).toBe('before;while it was dead;while it was away;');
    line.cut();
    void end.input(Buffer.alloc(300_000, 'x'));
    void end.endInput();
    expect(await end.ended).toEqual({ exitCode: 0, reason: '' });
    expect(text()).toHaveLength('before;while it was dead;while it was away;'.length + 300_000);
  });
});

describe('what session-manager-plugin does', () => {
  it('ResumeSession gives one token at a time, good once, and what was typed meanwhile arrives', async () => {
    const opened = server.controlPlane.sessions.open(request);
    const plugin = new PluginLike();
    await plugin.connect(opened, line.url);
    plugin.type('before;');
    await expect.poll(() => plugin.shown).toBe('before;');
    line.swallow();
    plugin.type('lost;');
    line.cut();
    const refused = await resumed(opened.sessionId);
    const again = await resumed(opened.sessionId);
    expect(again).toMatchObject({ SessionId: opened.sessionId, StreamUrl: expect.stringContaining(opened.streamPath) });
    for (const tokenValue of [refused.TokenValue ?? '', opened.tokenValue]) {
      expect(await plugin.connect({ ...opened, tokenValue }, line.url)).toBe(1008);
    }
    const good = { ...opened, tokenValue: again.TokenValue ?? '' };
    await plugin.connect(good, line.url);
    await expect.poll(() => plugin.shown).toBe('before;lost;');
    expect(await plugin.connect(good, line.url)).toBe(1008);
    plugin.type('after;');
    await expect.poll(() => plugin.shown).toBe('before;lost;after;');
  });

  it('what it has and whose acknowledgment was lost it acknowledges no more, and the session ends all the same', async () => {
    const opened = server.controlPlane.sessions.open({ ...request, command: 'echo done' });
    const plugin = new PluginLike();
    await plugin.connect(opened, line.url);
    plugin.acknowledges = false;
    plugin.type('go');
    await expect.poll(() => plugin.shown).toBe('done\n');
    line.cut();
    plugin.acknowledges = true;
    const { TokenValue: tokenValue = '' } = await resumed(opened.sessionId);
    await plugin.connect({ ...opened, tokenValue }, line.url);
    await expect.poll(() => plugin.closed, { timeout: 5_000 }).toBe('');
    expect(plugin.shown).toBe('done\n');
    expect(server.controlPlane.sessions.openCount).toBe(0);
    expect(await resumed(opened.sessionId)).not.toHaveProperty('TokenValue');
  });

  it('TerminateSession ends the session and tells the caller; one that is not there is no error', async () => {
    const opened = server.controlPlane.sessions.open(request);
    const plugin = new PluginLike();
    await plugin.connect(opened, line.url);
    const terminate = (SessionId: string) => ssm().send(new client.TerminateSessionCommand({ SessionId }));
    expect(await terminate(opened.sessionId)).toMatchObject({ SessionId: opened.sessionId });
    await expect.poll(() => plugin.closed).toContain('terminated by arn:aws:iam::000000000000:root');
    expect(server.controlPlane.sessions.openCount).toBe(0);
    expect(await terminate('ecs-execute-command-none')).toMatchObject({ SessionId: 'ecs-execute-command-none' });
  });

  it('knows no session of another account or region, nor one that never was', async () => {
    const { sessionId } = server.controlPlane.sessions.open(request);
    const refusal = { name: 'DoesNotExistException', message: expect.stringContaining(sessionId) };
    const other = server.controlPlane.rootKeys.platform;
    await expect(ssm(other).send(new client.ResumeSessionCommand({ SessionId: sessionId }))).rejects.toMatchObject(
      refusal,
    );
    await ssm(other).send(new client.TerminateSessionCommand({ SessionId: sessionId }));
    expect(server.controlPlane.sessions.openCount).toBe(1);
    await expect(resumed('ecs-execute-command-none')).rejects.toMatchObject({ name: 'DoesNotExistException' });
    await expect(ssm().send(new client.GetParameterCommand({ Name: 'x' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 501 },
    });
  });
});

/** A caller as AWS's plugin is one: it acknowledges what it expects and nothing twice, and repeats what is not acknowledged. */
class PluginLike {
  shown = '';
  /** False: its acknowledgments are lost. */
  acknowledges = true;
  closed: string | undefined;
  #expected = 0;
  #next = 0;
  #socket: WebSocket | undefined;
  readonly #open = new Map<number, Uint8Array>();

  /** Resolves with the close code of a connection that is refused, or once the first message is there. */
  async connect({ streamPath, tokenValue }: OpenedSession, url: string): Promise<number | undefined> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${streamPath}`);
    await new Promise((resolve) => socket.once('open', resolve));
    const settled = new Promise<number | undefined>((resolve) => {
      socket.on('close', (code) => resolve(code));
      socket.on('error', () => {});
      socket.on('message', (data: Buffer) => {
        this.#socket = socket;
        this.#receive(data);
        resolve(undefined);
      });
    });
    socket.send(JSON.stringify({ MessageSchemaVersion: '1.0', TokenValue: tokenValue, ClientVersion: '1.2.707.0' }));
    for (const bytes of this.#open.values()) socket.send(bytes);
    return settled;
  }

  type(text: string): void {
    this.#send(payloadTypes.output, Buffer.from(text));
  }

  #send(payloadType: number, payload: Uint8Array): void {
    const sequence = this.#next++;
    const bytes = encoded('input_stream_data', sequence, payloadType, payload);
    this.#open.set(sequence, bytes);
    this.#socket?.send(bytes, () => {});
  }

  #receive(data: Buffer): void {
    const message = decodeMessage(data);
    if (message?.type === 'channel_closed') {
      this.closed = readObject<{ Output: string }>(message.payload)?.Output;
    } else if (message?.type === 'acknowledge') {
      const said = readObject<{ AcknowledgedMessageSequenceNumber: number }>(message.payload);
      this.#open.delete(said?.AcknowledgedMessageSequenceNumber ?? -1);
    } else if (message?.type === 'output_stream_data' && message.sequence === this.#expected) {
      this.#expected++;
      const said = {
        AcknowledgedMessageType: message.type,
        AcknowledgedMessageId: message.id,
        AcknowledgedMessageSequenceNumber: message.sequence,
        IsSequentialMessage: true,
      };
      const acknowledgment = encoded('acknowledge', 0, 0, Buffer.from(JSON.stringify(said)));
      if (this.acknowledges) this.#socket?.send(acknowledgment, () => {});
      if (message.payloadType === payloadTypes.output) this.shown += Buffer.from(message.payload).toString();
    }
  }
}

function encoded(type: string, sequence: number, payloadType: number, payload: Uint8Array): Uint8Array {
  const head = { type, sequence, payloadType, createdAtMs: Date.now(), flags: messageFlags.none, id: ids.uuid() };
  return encodeMessage({ ...head, payload });
}

import { describe, expect, test } from 'vitest';
import { Ids, instantFromMs, ManualClock, SeededRandom } from '#base';
import { testSessions } from '../../test/support/sessions.ts';
import { cut, dataPair } from '../wire/session/data-pair.ts';
import { decodeMessage } from '../wire/session/message.ts';
import type { AuditEntry, AuditTrail } from './audit.ts';
import { sessionLimits } from './limits.ts';
import { type SessionCall, Sessions } from './sessions.ts';

const request = {
  taskArn: 'arn:aws:ecs:us-east-1:000000000000:task/default/1',
  containerName: 'main',
  containerInstanceArn: 'arn:aws:ecs:us-east-1:000000000000:container-instance/default/1',
  command: 'ls',
  principalArn: 'arn:aws:iam::000000000000:root',
};

/** Sessions, and what comes to whoever connects. */
function world(connected = true, audit?: AuditTrail) {
  const clock = new ManualClock(instantFromMs(1_795_348_800_000));
  const ids = new Ids(new SeededRandom(1));
  const calls: SessionCall[] = [];
  const callAgent = (call: SessionCall): boolean => {
    calls.push(call);
    return connected;
  };
  const sessions = testSessions({ clock, ids }, callAgent, audit);
  const join = async (sessionId: string, hello: string | Uint8Array) => {
    const [near, far] = dataPair({}, { clock });
    const seen: { received: (string | Uint8Array)[]; closed?: number; reason?: string } = { received: [] };
    near.onMessage((data) => seen.received.push(data));
    near.onClose((code, reason) => Object.assign(seen, { closed: code, reason }));
    sessions.accept(sessionId, far);
    near.send(hello);
    clock.advanceMs(10);
    // What waits for the session's record gets its turn.
    const later = async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advanceMs(10);
    };
    await later();
    return {
      ...near,
      seen,
      later,
      send: (data: string | Uint8Array) => near.send(data),
      close: () => near.close(1000, ''),
      cut: () => cut(near, far),
    };
  };
  const hello = (TokenValue: string, more: object = {}): string => JSON.stringify({ TokenValue, ...more });
  return { clock, calls, sessions, join, hello };
}

/** What a caller is told at the end. */
function toldOf(received: readonly (string | Uint8Array)[]): string | undefined {
  for (const data of received) {
    const message = typeof data === 'string' ? undefined : decodeMessage(data);
    if (message?.type !== 'channel_closed') continue;
    return (JSON.parse(Buffer.from(message.payload).toString()) as { Output: string }).Output;
  }
  return undefined;
}

describe('a session', () => {
  test('calls the agent when the caller is there, and lets each hear the other, what came early included', async () => {
    const { clock, calls, sessions, join, hello } = world();
    const { sessionId, tokenValue, streamPath } = sessions.open(request);
    expect(streamPath).toContain(sessionId);
    expect(calls).toEqual([]);
    const caller = await join(sessionId, hello(tokenValue, { RoadsteadTerminal: false }));
    const { principalArn: _, ...called } = request;
    expect(calls).toMatchObject([{ ...called, sessionId, streamPath, terminal: false }]);
    caller.send(Uint8Array.of(1));
    clock.advanceMs(10);
    const host = await join(sessionId, hello(calls[0]?.tokenValue ?? ''));
    clock.advanceMs(10);
    expect(host.seen.received).toEqual([Uint8Array.of(1)]);
    host.send(Uint8Array.of(2));
    clock.advanceMs(10);
    expect(caller.seen.received).toEqual([Uint8Array.of(2)]);
    host.close();
    clock.advanceMs(10);
    expect(toldOf(caller.seen.received)).toBe('');
    expect(caller.seen.closed).toBe(1000);
    expect(sessions.openCount).toBe(0);
  });

  test('ends on the host when the caller goes', async () => {
    const { clock, calls, sessions, join, hello } = world();
    const { sessionId, tokenValue } = sessions.open(request);
    const caller = await join(sessionId, hello(tokenValue));
    const host = await join(sessionId, hello(calls[0]?.tokenValue ?? ''));
    caller.close();
    clock.advanceMs(10);
    expect(host.seen.closed).toBe(1000);
    expect(sessions.openCount).toBe(0);
  });

  test.each([
    ['another token', (token: string) => JSON.stringify({ TokenValue: `${token}x` })],
    ['no token', () => '{}'],
    ['what is no JSON', () => 'hello'],
    ['bytes', (token: string) => Buffer.from(JSON.stringify({ TokenValue: token }))],
  ])('refuses %s', async (_what, first) => {
    const { sessions, calls, join } = world();
    const { sessionId, tokenValue } = sessions.open(request);
    expect((await join(sessionId, first(tokenValue))).seen.closed).toBe(1008);
    expect(calls).toEqual([]);
  });

  test('refuses a token that was used, the host before the caller, and another session', async () => {
    const { sessions, calls, join, hello } = world();
    const { sessionId, tokenValue } = sessions.open(request);
    const other = sessions.open(request);
    await join(sessionId, hello(tokenValue));
    expect((await join(sessionId, hello(tokenValue))).seen.closed).toBe(1008);
    expect((await join(other.sessionId, hello(calls[0]?.tokenValue ?? ''))).seen.closed).toBe(1008);
    expect((await join('ecs-execute-command-none', hello(tokenValue))).seen.closed).toBe(1008);
  });

  test('ends when nobody comes, when the agent is away, does not answer, or nobody says a word for 20 minutes', async () => {
    const { clock, calls, sessions, join, hello } = world();
    sessions.open(request);
    clock.advanceMs(sessionLimits.connectWithinMs);
    expect(sessions.openCount).toBe(0);
    const silent = sessions.open(request);
    const waiting = await join(silent.sessionId, hello(silent.tokenValue));
    clock.advanceMs(sessionLimits.answerWithinMs + 10);
    expect(toldOf(waiting.seen.received)).toContain('did not answer in time');
    const idle = sessions.open(request);
    const caller = await join(idle.sessionId, hello(idle.tokenValue));
    await join(idle.sessionId, hello(calls.at(-1)?.tokenValue ?? ''));
    clock.advanceMs(sessionLimits.idleMs - 60_000);
    caller.send(Uint8Array.of(1));
    clock.advanceMs(sessionLimits.idleMs - 60_000);
    expect(sessions.openCount).toBe(1);
    clock.advanceMs(120_000);
    expect(toldOf(caller.seen.received)).toContain('timed out due to inactivity');
    const away = world(false);
    const opened = away.sessions.open(request);
    const told = (await away.join(opened.sessionId, away.hello(opened.tokenValue))).seen;
    expect(toldOf(told.received)).toContain('is not connected');
  });

  test('the control plane ends them all', async () => {
    const { clock, sessions, join, hello } = world();
    const { sessionId, tokenValue } = sessions.open(request);
    const caller = await join(sessionId, hello(tokenValue));
    sessions[Symbol.dispose]();
    clock.advanceMs(10);
    expect(toldOf(caller.seen.received)).toContain('restarting');
    expect(sessions.openCount).toBe(0);
  });

  test('no more than so many in one container', () => {
    const { sessions } = world();
    for (let open = 0; open < sessionLimits.sessionsPerContainer; open++) sessions.open(request);
    expect(() => sessions.open(request)).toThrow('sessions are open in the container');
    expect(sessions.open({ ...request, containerName: 'other' }).sessionId).toMatch(
      /^ecs-execute-command-[a-z0-9]{26}$/,
    );
  });
});

describe('a caller whose connection broke', () => {
  async function broken() {
    const made = world();
    const { sessionId, tokenValue } = made.sessions.open(request);
    const caller = await made.join(sessionId, made.hello(tokenValue));
    const host = await made.join(sessionId, made.hello(made.calls[0]?.tokenValue ?? ''));
    caller.cut();
    const resume = async (): Promise<string> => (await made.sessions.resume(sessionId, 'me'))?.tokenValue ?? '';
    return { ...made, sessionId, host, resume };
  }

  test('comes back with a new token, to the same command; what the command said meanwhile is its to repeat', async () => {
    const { clock, sessions, calls, join, hello, sessionId, host, resume } = await broken();
    host.send(Uint8Array.of(1));
    clock.advanceMs(sessionLimits.resumeWithinMs - 1_000);
    expect(host.seen.closed).toBeUndefined();
    const first = await resume();
    const second = await resume();
    expect((await join(sessionId, hello(first))).seen.closed).toBe(1008);
    const caller = await join(sessionId, hello(second));
    host.send(Uint8Array.of(2));
    clock.advanceMs(10);
    expect(caller.seen.received).toEqual([Uint8Array.of(2)]);
    clock.advanceMs(sessionLimits.resumeWithinMs * 2);
    expect(sessions.openCount).toBe(1);
    expect(calls).toHaveLength(1);
    caller.close();
    clock.advanceMs(10);
    expect(host.seen.closed).toBe(1000);
  });

  test('who does not come back ends the command, also when a token was asked for', async () => {
    const { clock, sessions, host, resume } = await broken();
    clock.advanceMs(sessionLimits.resumeWithinMs - 1_000);
    await resume();
    clock.advanceMs(sessionLimits.resumeWithinMs - 1_000);
    expect(sessions.openCount).toBe(1);
    clock.advanceMs(1_010);
    expect(host.seen.closed).toBe(1000);
    expect(sessions.openCount).toBe(0);
    expect(await resume()).toBe('');
  });

  test('may come before its loss is seen: the connection before is closed then, and the session goes on', async () => {
    const { clock, sessions, calls, join, hello } = world();
    const { sessionId, tokenValue } = sessions.open(request);
    const before = await join(sessionId, hello(tokenValue));
    const host = await join(sessionId, hello(calls[0]?.tokenValue ?? ''));
    const { tokenValue: next = '' } = (await sessions.resume(sessionId, 'me')) ?? {};
    const caller = await join(sessionId, hello(next));
    clock.advanceMs(10);
    expect(before.seen.closed).toBe(1008);
    host.send(Uint8Array.of(1));
    clock.advanceMs(10);
    expect(caller.seen.received).toEqual([Uint8Array.of(1)]);
  });

  test('gets no token that is not recorded for audit', async () => {
    let full = false;
    const record = () => (full ? Promise.reject(new Error('ENOSPC')) : Promise.resolve());
    const { sessions, join, hello } = world(true, { record });
    const { sessionId, tokenValue } = sessions.open(request);
    const caller = await join(sessionId, hello(tokenValue));
    caller.cut();
    full = true;
    await expect(sessions.resume(sessionId, 'me')).rejects.toMatchObject({ code: 'NotRecorded' });
  });

  test('finds the session of an old token over after as many others', () => {
    const { sessions } = world();
    const opened = Array.from({ length: sessionLimits.remembered + 1 }, (_, n) =>
      sessions.open({ ...request, taskArn: `${n}` }),
    );
    for (const { sessionId } of opened) sessions.terminate(sessionId, 'me');
    expect(sessions.requestOf(opened[0]?.sessionId ?? '')).toBeUndefined();
    expect(sessions.requestOf(opened[1]?.sessionId ?? '')).toBeDefined();
  });
});

describe('the audit record', () => {
  test('says who opened which session on which container, and how it ended', async () => {
    const entries: AuditEntry[] = [];
    const { clock, calls, sessions, join, hello } = world(true, { record: async (entry) => void entries.push(entry) });
    const { sessionId, tokenValue } = sessions.open(request);
    const { command: _, ...about } = request;
    const opened = { event: 'SessionOpened', time: '2026-11-22T12:00:00Z', sessionId, ...about };
    expect(entries).toEqual([opened]);
    await join(sessionId, hello(tokenValue));
    const host = await join(sessionId, hello(calls[0]?.tokenValue ?? ''));
    host.close();
    clock.advanceMs(10);
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({
      ...about,
      event: 'SessionEnded',
      sessionId,
      why: expect.stringContaining('ended'),
    });
  });

  test('comes first: without it no agent is called', async () => {
    const { promise, reject } = Promise.withResolvers<void>();
    const { calls, sessions, join, hello } = world(true, { record: () => promise });
    const { sessionId, tokenValue } = sessions.open(request);
    const caller = await join(sessionId, hello(tokenValue));
    expect(calls).toEqual([]);
    reject(new Error('ENOSPC: no space left on device'));
    await caller.later();
    expect(calls).toEqual([]);
    expect(toldOf(caller.seen.received)).toContain('could not be recorded');
    expect(sessions.openCount).toBe(0);
  });
});

test('a session is named by its path', () => {
  expect(Sessions.sessionIdOf('/v1/data-channel/ecs-execute-command-1')).toBe('ecs-execute-command-1');
  expect(Sessions.sessionIdOf('/acs/ws')).toBeUndefined();
});

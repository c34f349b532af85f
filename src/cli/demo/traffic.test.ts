import { describe, expect, test } from 'vitest';
import { Fault, instantFromMs, ManualClock } from '#base';
import type { CommandLineDeps } from '../ports.ts';
import { answersByVersion } from './rolling.ts';
import { callThrough } from './spread.ts';
import { callTimes, Load, requireAnswered, waitForAnswers } from './traffic.ts';

const url = 'http://127.0.0.1:8080/';

interface World {
  readonly clock: ManualClock;
  readonly http: CommandLineDeps['http'];
  readonly signal: AbortSignal;
  /** Requests so far. */
  calls: number;
}

/** Answers with what is given for each request: a text is 200, a number another status, an error no answer. */
function world(answer: (call: number) => string | number | Error): World {
  const made: World = {
    clock: new ManualClock(instantFromMs(1_760_000_000_000)),
    signal: new AbortController().signal,
    calls: 0,
    http: {
      canListen: () => Promise.resolve(true),
      send: () => {
        const given = answer(made.calls++);
        if (given instanceof Error) return Promise.reject(given);
        const text = typeof given === 'string' ? given : 'Service Unavailable';
        return Promise.resolve({
          status: typeof given === 'string' ? 200 : given,
          headers: {},
          body: new TextEncoder().encode(`${text}\n`),
        });
      },
    },
  };
  return made;
}

const from = (name: string, version = 1): string => `hello from ${name}, version ${version}`;
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe('counting requests', () => {
  test('every one is counted, with what it was answered or why it was not', async () => {
    const answers = [from('a'), 503, from('b'), new Fault('Unreachable', 'connection refused'), 'welcome', from('a')];
    const traffic = await callTimes(
      world((call) => answers[call] ?? 500),
      url,
      answers.length,
    );
    expect(traffic).toMatchObject({ sent: 6, failed: 3 });
    expect(Object.fromEntries(traffic.answers)).toEqual({ [from('a')]: 2, [from('b')]: 1 });
    expect(traffic.problems).toEqual([
      'answered 503: Service Unavailable',
      'connection refused',
      'answered 200: welcome',
    ]);
    expect(() => requireAnswered('the roll-out', traffic)).toThrow('the roll-out: 3 of 6 requests failed');
  });

  test('a defect is none of the service’s failures', async () => {
    const broken = world(() => new TypeError('a defect'));
    await expect(callTimes(broken, url, 1)).rejects.toThrow('a defect');
  });

  test('load goes on until it is stopped, and what is under way then is waited for', async () => {
    const lively = world((call) => from('a', call < 8 ? 1 : 2));
    const load = new Load(lively, url);
    await turns(5);
    expect(load.traffic.sent).toBe(4);
    for (let round = 0; round < 3; round++) {
      lively.clock.advanceTo(lively.clock.nextTimerAt() ?? lively.clock.now());
      await turns(5);
    }
    const { sent, failed } = await load.stop();
    expect({ sent, failed, calls: lively.calls }).toEqual({ sent: 16, failed: 0, calls: 16 });
    expect([...answersByVersion(load.traffic)]).toEqual([
      [1, 8],
      [2, 8],
    ]);
  });
});

describe('calling through the load balancer', () => {
  const tasks = ['a', 'b'].map((name) => ({ taskArn: `task/${name}`, url, body: from(name), milliseconds: 1 }));
  const calling = (deps: World): ReturnType<typeof callThrough> =>
    callThrough({ deps } as unknown as Parameters<typeof callThrough>[0], { url }, tasks, () => {});

  test('begins once it answers well for a while, and says which task answered how often', async () => {
    const deps = world((call) => (call < 2 || call === 30 ? 503 : from(call % 4 === 0 ? 'a' : 'b')));
    const called = calling(deps);
    while (deps.clock.nextTimerAt() === undefined) await turns(1);
    deps.clock.advanceTo(deps.clock.nextTimerAt() ?? deps.clock.now());
    for (let round = 0; round < 3; round++) {
      await turns(50);
      deps.clock.advanceTo(deps.clock.nextTimerAt() ?? deps.clock.now());
    }
    expect(await called).toEqual({
      sent: 100,
      byTask: [
        { taskArn: 'task/a', answered: 25 },
        { taskArn: 'task/b', answered: 75 },
      ],
    });
  });

  test('fails when a request does, and when a task answers none', async () => {
    await expect(calling(world((call) => (call === 90 ? 502 : from('a'))))).rejects.toThrow('1 of 100 requests failed');
    await expect(calling(world(() => from('a')))).rejects.toMatchObject({
      message: 'task b answered none of 100 requests',
      why: '100 by a, 0 by b',
    });
  });

  test('gives up when nothing ever answers', async () => {
    const deps = world(() => new Fault('Unreachable', 'connection refused'));
    const waiting = waitForAnswers(deps, url);
    const outcome = waiting.catch((error: unknown) => error);
    while (deps.clock.nextTimerAt() === undefined) await turns(1);
    deps.clock.advanceTo(instantFromMs(1_760_000_000_000 + 31_000));
    expect(await outcome).toMatchObject({ exitCode: 5, why: 'connection refused' });
  });
});

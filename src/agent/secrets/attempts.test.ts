import { expect, test } from 'vitest';
import { Fault, instantFromMs, ManualClock, SeededRandom } from '#base';
import { ApiError } from '#wire/client';
import { attempting, FailedCall, mostAttempts } from './attempts.ts';

const unreachable = new Fault('Unreachable', 'nobody there', { retryable: true });

/** Runs until it settles, letting time pass. */
async function outcome(failures: readonly Error[]): Promise<{ attempts: number; failed?: unknown }> {
  const clock = new ManualClock(instantFromMs(0));
  const left = [...failures];
  let attempts = 0;
  const call = async (): Promise<string> => {
    attempts += 1;
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return 'answer';
  };
  const settled: { failed?: unknown }[] = [];
  const deps = { clock, random: new SeededRandom(1) };
  void attempting(1000, call, deps, new AbortController().signal).then(
    () => settled.push({}),
    (failed: unknown) => settled.push({ failed }),
  );
  while (settled.length === 0) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    const next = clock.nextTimerAt();
    if (next !== undefined) clock.advanceTo(next);
  }
  return { attempts, ...settled[0] };
}

test.each([
  ['nobody answers', unreachable],
  ['the service has trouble', new ApiError('InternalServiceError', '', { status: 500 })],
  ['it was asked too much', new ApiError('ThrottlingException', 'Rate exceeded')],
  ['S3 was', new ApiError('SlowDown', '', { status: 503 })],
])('%s: called again', async (_, failure) => {
  expect(await outcome([failure, failure])).toEqual({ attempts: 3 });
  const { attempts, failed } = await outcome([failure, failure, failure]);
  expect(attempts).toBe(mostAttempts);
  expect(failed).toMatchObject({ attempts: 3, cause: failure });
});

test.each([
  [new ApiError('AccessDeniedException', 'no', { status: 400 })],
  [new ApiError('NoSuchKey', 'no', { status: 404 })],
  [new Fault('TooLarge', 'no')],
])('%s is final', async (failure) => {
  expect(await outcome([failure])).toMatchObject({ attempts: 1, failed: { attempts: 1, cause: failure } });
});

test('a call without an end is given up, and told to end', async () => {
  const clock = new ManualClock(instantFromMs(0));
  const given: AbortSignal[] = [];
  const call = (signal: AbortSignal): Promise<never> => {
    given.push(signal);
    return new Promise(() => {});
  };
  const deps = { clock, random: new SeededRandom(1) };
  const attempt = attempting(1000, call, deps, new AbortController().signal).catch((error: unknown) => error);
  for (let step = 0; step < 200 && given.length < 3; step++) {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    const next = clock.nextTimerAt();
    if (next !== undefined) clock.advanceTo(next);
  }
  const last = clock.nextTimerAt();
  if (last !== undefined) clock.advanceTo(last);
  const failed = await attempt;
  expect(failed).toBeInstanceOf(FailedCall);
  expect(failed).toMatchObject({ attempts: 3, cause: { message: 'context deadline exceeded' } });
  expect(given.map(({ aborted }) => aborted)).toEqual([true, true, true]);
});

test('the caller ends it at any time', async () => {
  const clock = new ManualClock(instantFromMs(0));
  const ending = new AbortController();
  const call = async (): Promise<never> => {
    throw unreachable;
  };
  const attempt = attempting(1000, call, { clock, random: new SeededRandom(1) }, ending.signal);
  ending.abort(new Fault('Aborted', 'the task is stopping'));
  await expect(attempt).rejects.toMatchObject({ code: 'Aborted' });
});

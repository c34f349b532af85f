import { describe, expect, test } from 'vitest';
import { Fault } from '#base';
import { ApiError } from '#wire/aws';
import { Failure, failureFrom, failureLines } from './failure.ts';

describe('failureFrom', () => {
  test.each([
    ['AccessDeniedException', 400, 4],
    ['UnrecognizedClientException', 403, 4],
    ['InvalidSignatureException', 403, 4],
    ['SomethingElse', 403, 4],
    ['ClusterNotFoundException', 400, 3],
    ['ServiceNotFoundException', 400, 3],
    ['InvalidParameterException', 400, 1],
    ['ServerException', 500, 1],
    ['InvalidResponse', 404, 69],
  ])('%s with status %i ends with exit code %i', (code, status, exitCode) => {
    expect(failureFrom('cannot do it', new ApiError(code, 'because', { status })).exitCode).toBe(exitCode);
  });

  test('a failure passes as it is', () => {
    const failure = new Failure('first');
    expect(failureFrom('second', failure)).toBe(failure);
  });
});

test('an error is told in three lines: what, why with code and request id, what next', () => {
  const error = new ApiError('AccessDeniedException', 'User is not authorized', { status: 400, requestId: '12-34' });
  expect(failureLines(failureFrom('cannot create the account', error))).toEqual([
    'error: cannot create the account',
    '  AccessDeniedException: User is not authorized (request 12-34)',
    '  next: check the keys in use: roadstead env shows those of the installation',
  ]);
});

test("an agent's foreign state is told with what to do about it", () => {
  const fault = new Fault('ForeignState', '/data/agent/agent.json is of the container instance …');
  const failure = failureFrom('the agent failed', fault);
  expect(failure.exitCode).toBe(9);
  expect(failureLines(failure)).toEqual([
    'error: the agent failed',
    '  /data/agent/agent.json is of the container instance …',
    expect.stringMatching(
      /^ {2}next: give this agent a data directory of its own with --data-dir; or remove the folder/,
    ),
    expect.stringMatching(/^ {8}\(first stop the tasks .* roadstead down --tasks/),
  ]);
});

import { describe, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import type { Task } from '#model';
import { start, testInstance } from '../test-support/records.ts';
import { decideInstance } from './decide.ts';

const instance = testInstance(new Ids(new SeededRandom(1)));
const away = { ...instance, agentConnected: false, agentDisconnectedAt: start };
const at = (afterStartMs: number) => ({ now: afterMs(start, afterStartMs), lostAfterMs: 60_000, maxTasks: 2 });
const task = (connectivity: 'CONNECTED' | 'DISCONNECTED', status = 'ATTACHED'): Task =>
  ({ connectivity, attachment: { id: 'a', status }, version: 3 }) as Task;

describe('decideInstance', () => {
  it('waits before it calls a host lost', () => {
    expect(decideInstance(away, [], at(59_999))).toEqual({ instance: away, tasks: [], wakeAt: afterMs(start, 60_000) });
  });

  it('calls it lost when its time has come, once', () => {
    const { instance: lost, wakeAt } = decideInstance(away, [], at(60_000));
    expect(lost.lostAt).toBe(afterMs(start, 60_000));
    expect(wakeAt).toBeUndefined();
    expect(decideInstance(lost, [], at(90_000)).instance).toBe(lost);
  });

  it('counts from the registration when the agent never came', () => {
    const { agentDisconnectedAt: _, ...never } = away;
    expect(decideInstance(never, [], at(60_000)).instance.lostAt).toBeDefined();
  });

  it('takes it back as soon as the agent is there', () => {
    const lost = { ...instance, lostAt: start };
    expect(decideInstance(lost, [], at(1)).instance).toEqual(instance);
    expect(decideInstance(instance, [], at(1)).instance).toBe(instance);
  });

  it('leaves a deregistered instance alone', () => {
    const inactive = { ...away, status: 'INACTIVE' as const };
    expect(decideInstance(inactive, [task('CONNECTED')], at(90_000))).toEqual({
      instance: inactive,
      tasks: [],
      wakeAt: undefined,
    });
  });

  it('says of attached interfaces whether the agent is there, a bounded number at a time', () => {
    const tasks = [
      task('CONNECTED'),
      task('CONNECTED', 'DELETED'),
      task('DISCONNECTED'),
      task('CONNECTED'),
      task('CONNECTED'),
    ];
    const first = decideInstance(away, tasks, at(5));
    expect(first.tasks.map(({ connectivity, version }) => [connectivity, version])).toEqual([
      ['DISCONNECTED', 4],
      ['DISCONNECTED', 4],
    ]);
    expect(first.wakeAt).toBe(afterMs(start, 5));
    expect(decideInstance(instance, [task('DISCONNECTED')], at(5)).tasks).toMatchObject([
      { connectivity: 'CONNECTED', connectivityAt: afterMs(start, 5) },
    ]);
  });
});

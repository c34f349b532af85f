import { describe, expect, it } from 'vitest';
import { Histories, type TaskEvent } from './history.ts';

const event = (version: number, lastStatus: string, desiredStatus = 'RUNNING'): TaskEvent => ({
  taskArn: 'task/churn/a',
  version,
  lastStatus,
  desiredStatus,
});

function wrong(...events: TaskEvent[]): string {
  const histories = new Histories();
  for (const each of events) histories.take(each);
  return histories.wrong.join('\n');
}

describe("a task's events", () => {
  it('are told once each, forward, to one end', () => {
    const whole = [
      event(1, 'PENDING'),
      event(2, 'RUNNING'),
      event(3, 'RUNNING', 'STOPPED'),
      event(4, 'STOPPED', 'STOPPED'),
    ];
    expect(wrong(...whole)).toBe('');
  });

  it.each([
    ['one left out', [event(1, 'PENDING'), event(3, 'RUNNING')], /version 3: told after version 1/],
    ['one told twice', [event(1, 'PENDING'), event(1, 'PENDING')], /version 1: told after version 1/],
    ['one taken back', [event(1, 'RUNNING'), event(2, 'PENDING')], /PENDING after RUNNING/],
    ['two ends', [event(1, 'STOPPED', 'STOPPED'), event(2, 'STOPPED', 'STOPPED')], /after it had STOPPED/],
    ['one wanted again', [event(1, 'RUNNING', 'STOPPED'), event(2, 'RUNNING')], /wanted again/],
  ])('are not: %s', (_, events, message) => {
    expect(wrong(...events)).toMatch(message);
  });

  it('end as is told now', () => {
    const histories = new Histories();
    histories.take(event(1, 'RUNNING'));
    expect(histories.differences(new Set(['task/churn/a']))).toEqual([]);
    expect(histories.differences(new Set())).toEqual(['task a has ended without a STOPPED event']);
    expect(histories.differences(new Set(['task/churn/a', 'b']))).toEqual(['task b is there without an event']);
    histories.take(event(2, 'STOPPED'));
    expect(histories.differences(new Set(['task/churn/a']))).toEqual(['task a runs on after its STOPPED event']);
  });
});

import { describe, expect, it } from 'vitest';
import { afterMs, SeededRandom } from '#base';
import type { TaskArn } from '#model';
import { Handover } from './handover.ts';
import { startedAt } from './test-support/records.ts';

const a = 'a' as TaskArn;
const b = 'b' as TaskArn;
const later = (ms: number) => afterMs(startedAt, ms);

function handover(): Handover {
  return new Handover({ resendMs: { first: 1_000, max: 4_000 } }, { random: new SeededRandom(1) });
}

describe('a handover', () => {
  it('has what is wanted due at once, stops first, and nothing twice', () => {
    const subject = handover();
    subject.want(a, 'RUNNING', startedAt);
    subject.want(b, 'STOPPED', startedAt);
    subject.want(a, 'RUNNING', startedAt);
    expect(subject.due(startedAt)).toEqual([
      { arn: b, order: 'STOPPED' },
      { arn: a, order: 'RUNNING' },
    ]);
  });

  it('has an order due again, ever later, until it is acknowledged', () => {
    const subject = handover();
    subject.want(a, 'RUNNING', startedAt);
    const waits: number[] = [];
    let now = startedAt;
    for (let i = 0; i < 5; i++) {
      subject.sent(`m${i}`, new Map([[a, 'RUNNING']]), now);
      expect(subject.due(now)).toEqual([]);
      const next = subject.nextDueAt()!;
      waits.push(Math.floor(next - now));
      now = next;
      expect(subject.due(now)).toHaveLength(1);
    }
    expect(waits).toEqual([1, 2, 4, 4, 4]);
    subject.acked('m0');
    expect([subject.nextDueAt(), subject.openCount, subject.isAcked(a)]).toEqual([undefined, 0, true]);
  });

  it('does not take the answer to a start for the answer to a stop', () => {
    const subject = handover();
    subject.want(a, 'RUNNING', startedAt);
    subject.sent('start', new Map([[a, 'RUNNING']]), startedAt);
    subject.want(a, 'STOPPED', later(10));
    subject.sent('stop', new Map([[a, 'STOPPED']]), later(10));
    subject.acked('start');
    expect(subject.due(later(10_000))).toEqual([{ arn: a, order: 'STOPPED' }]);
    subject.acked('stop');
    expect(subject.openCount).toBe(0);
  });

  it('starts again at once on a new connection, with what is not acknowledged', () => {
    const subject = handover();
    subject.want(a, 'RUNNING', startedAt);
    subject.want(b, 'RUNNING', startedAt);
    subject.sent('one', new Map([[a, 'RUNNING']]), startedAt);
    subject.sent('two', new Map([[b, 'RUNNING']]), startedAt);
    subject.acked('one');
    subject.resume(later(1));
    expect(subject.due(later(1))).toEqual([{ arn: b, order: 'RUNNING' }]);
  });

  it('forgets what is over, and messages without an answer', () => {
    const subject = handover();
    subject.want(a, 'RUNNING', startedAt);
    subject.want(b, 'RUNNING', startedAt);
    subject.retain(new Set([b]));
    expect(subject.due(startedAt)).toEqual([{ arn: b, order: 'RUNNING' }]);
    for (let i = 0; i < 1_000; i++) subject.sent(`m${i}`, new Map([[b, 'RUNNING']]), startedAt);
    subject.acked('m0');
    expect(subject.openCount).toBe(1);
    subject.acked('m999');
    expect(subject.openCount).toBe(0);
  });
});

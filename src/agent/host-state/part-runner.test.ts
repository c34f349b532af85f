import { expect, it } from 'vitest';
import { type Instant, ManualClock, SeededRandom, silentLogger } from '#base';
import type { HostDocumentChanges, HostDocumentSet, HostPart } from './part.ts';
import { PartRunner } from './part-runner.ts';

// Documents that came between a pass's last look and its end waited for the next ones.
it('makes the host as it shall be whenever in a pass documents come', async () => {
  const applied: HostDocumentChanges[] = [];
  let afterApply = (): void => {};
  const part: HostPart = {
    family: 'network',
    kinds: ['vpc'],
    probe: async () => ({ available: true, problems: [] }),
    start: () => ({
      apply: async (_, changed) => {
        applied.push(changed);
        afterApply();
      },
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  const host = { containerInstanceArn: 'arn', reporting: { report: () => {}, withdraw: () => {} } };
  await using runner = new PartRunner(part, host, {
    clock: new ManualClock(0 as Instant),
    random: new SeededRandom(1),
    log: silentLogger,
    documents: {} as HostDocumentSet,
  });
  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  for (let moments = 0; moments < 20; moments++) {
    const then = `vpc-then-${moments}`;
    afterApply = () => {
      afterApply = () => {};
      let after = Promise.resolve();
      for (let moment = 0; moment < moments; moment++) after = after.then(() => {});
      void after.then(() => runner.changed(new Map([['vpc', new Set([then])]])));
    };
    runner.changed(new Map([['vpc', new Set([`vpc-first-${moments}`])]]));
    await idle();
    expect(applied.at(-1)).toEqual(new Map([['vpc', new Set([then])]]));
  }
});

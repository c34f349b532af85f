import { expect, test } from 'vitest';
import { SeededRandom } from '#base';
import { payloadTask } from './testing.ts';
import { SimulatedHost } from './testing-host.ts';

const minute = 60_000;

/** How far a task is, for comparing what was said one after the other. */
const rank = { PENDING: 0, RUNNING: 1, STOPPED: 2 } as const;

/** The control plane is away for an hour, under three seeds, and the agent and its engine have their own troubles. */
test.each([1, 2, 3])(
  'an hour without a control plane: nothing stops, nothing is lost, doubled or swapped (%i)',
  async (seed) => {
    const restartPolicy = { enabled: true, restartAttemptPeriod: 60 };
    // Those with a policy end by themselves every ten minutes and are started again.
    const host = new SimulatedHost(
      {
        startMs: 500,
        behaviour: (name) => (name.includes('-churns-') ? { endsAfterMs: 10 * minute, exitCode: 1 } : {}),
      },
      seed,
    );
    const { controlPlane } = host;
    await host.start();
    const draw = new SeededRandom(seed);
    const steady = Array.from({ length: 6 }, () => payloadTask(host.ids, {}, { family: 'steady' }));
    const churning = Array.from({ length: 3 }, () => payloadTask(host.ids, { restartPolicy }, { family: 'churns' }));
    const ending = Array.from({ length: 9 }, (_, i) => payloadTask(host.ids, {}, { family: `ends${i}` }));
    await host.run(...steady, ...churning, ...ending.slice(0, 6));
    await host.pass(minute);
    // Acknowledged, but that they run is not told any more.
    const sequence = controlPlane.assign(...ending.slice(6));
    await host.pass(1);
    controlPlane.goAway();
    expect(controlPlane.acknowledged(sequence)).toBe(true);
    const before = controlPlane.reports.length;

    const endedAt = new Map<string, number>();
    const codes = new Map<string, number>();
    for (const [i, { arn }] of ending.entries()) {
      await host.pass(3 * minute + (draw.uint32() % (3 * minute)));
      codes.set(arn, i);
      endedAt.set(arn, host.clock.now());
      host.runtime.endContainer(`-ends${i}-`, i);
      if (i === 3) {
        await host.crash();
        await host.start();
      }
      if (i === 5) {
        host.runtime.outage({ containersLive: true });
        await host.pass(minute);
        host.runtime.restart();
      }
    }
    await host.pass(10 * minute);
    expect(controlPlane.reports).toHaveLength(before);
    const running = (await host.running()).toSorted();
    expect(running).toHaveLength(steady.length + churning.length);

    controlPlane.away = false;
    await host.pass(2 * minute);
    expect(controlPlane.connected).toBe(true);
    const told = controlPlane.reports.slice(before);
    const byTask = Map.groupBy(told, ({ task }) => task);
    // Of those that ran through there is nothing to say, though some were started again by their policy.
    expect(new Set(byTask.keys())).toEqual(new Set(ending.map(({ arn }) => arn)));
    for (const [i, { arn }] of ending.entries()) {
      const reports = byTask.get(arn) ?? [];
      const statuses = reports.map(({ status }) => status);
      expect(statuses).toEqual(i < 6 ? ['STOPPED'] : ['RUNNING', 'STOPPED']);
      expect(statuses).toEqual(statuses.toSorted((a, b) => rank[a] - rank[b]));
      const last = reports.at(-1);
      expect(last?.containers).toMatchObject([{ status: 'STOPPED', exitCode: codes.get(arn) }]);
      // When it ended, not when it was told; the engine tells after its own absence.
      expect((last?.executionStoppedAt ?? 0) - (endedAt.get(arn) ?? 0)).toBeLessThan(90);
    }
    expect((await host.running()).toSorted()).toEqual(running);
    await host.pass(30 * minute);
    expect(controlPlane.reports).toHaveLength(before + told.length);
  },
);

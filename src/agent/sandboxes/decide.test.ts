import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterMs, instantFromMs } from '#base';
import { decideSandboxes, mostSpares, type Series, type Start, wantedSpares } from './decide.ts';
import { type SandboxLimits, sandboxLimits } from './limits.ts';
import type { InterfaceNames } from './series.ts';

const now = instantFromMs(1_760_000_000_000);
const minuteMs = 60_000;
const limits: SandboxLimits = { ...sandboxLimits, max: 16 };

function starts(...agesMs: readonly number[]): Start[] {
  return agesMs.map((ageMs) => ({ at: afterMs(now, -ageMs), found: 'none' as const }));
}

function eni(address: string): InterfaceNames {
  return {
    ipv4Addresses: [{ privateAddress: address, primary: true }],
    subnetGatewayIpv4Address: `${address.replace(/\.\d+$/, '.1')}/24`,
    privateDnsName: `ip-${address.replaceAll('.', '-')}.ec2.internal`,
  };
}

const keyOf = ({ ipv4Addresses }: InterfaceNames): string => ipv4Addresses[0]?.privateAddress ?? '';

function decide(series: readonly Series[], spares: readonly string[], over: Partial<SandboxLimits> = {}) {
  const view = { now, series, spares: new Set(spares), keyOf, isUsed: () => false };
  const { make, ...rest } = decideSandboxes(view, { ...limits, ...over });
  return { ...rest, make: make === undefined ? undefined : keyOf(make) };
}

describe('wantedSpares', () => {
  test('as many as the largest burst of the last half hour, but at least two and at most the limit', () => {
    expect(wantedSpares(starts(5000), now, limits)).toBe(2);
    expect(wantedSpares(starts(60_000, 50_000, 40_000, 30_000), now, limits)).toBe(2);
    const five = [20_000, 19_000, 18_000, 17_000, 16_000];
    expect(wantedSpares(starts(...five, 5000), now, limits)).toBe(5);
    expect(wantedSpares(starts(...Array.from({ length: 40 }, () => 3000)), now, limits)).toBe(16);
  });

  test('a burst is forgotten after half an hour, a subnet after a day', () => {
    const burst = [31, 31, 31, 31, 31].map((minutes) => minutes * minuteMs);
    expect(wantedSpares(starts(...burst), now, limits)).toBe(2);
    expect(wantedSpares(starts(24 * 60 * minuteMs), now, limits)).toBe(0);
    expect(wantedSpares([], now, limits)).toBe(0);
  });

  test('none for a subnet in which three on end were for the wrong address, until that is forgotten', () => {
    const found = (...all: readonly Start['found'][]): Start[] =>
      all.map((one, index) => ({ at: afterMs(now, -(all.length - index) * minuteMs), found: one }));
    expect(wantedSpares(found('missed', 'missed', 'none', 'missed'), now, limits)).toBe(0);
    expect(wantedSpares(found('missed', 'missed', 'spare'), now, limits)).toBe(2);
    expect(wantedSpares(found('missed', 'missed'), now, limits)).toBe(2);
    expect(wantedSpares(found('missed', 'missed', 'missed'), afterMs(now, 30 * minuteMs), limits)).toBe(2);
    // A burst counts once.
    const together = [20, 10, 0].map((ageMs) => ({ at: afterMs(now, -ageMs), found: 'missed' as const }));
    expect(wantedSpares(together, now, limits)).toBe(3);
  });

  test('a clock that was set back has nothing wait for the old time', () => {
    const ahead = [{ at: afterMs(now, 3_600_000), found: 'none' as const }];
    expect(wantedSpares(ahead, now, limits)).toBe(0);
    expect(decide([{ last: eni('10.0.0.9'), starts: ahead }], [])).toMatchObject({ remove: [], make: undefined });
  });
});

describe('decideSandboxes', () => {
  const calm = starts(5000);

  test('the nearest address that has no spare', () => {
    const series = [{ last: eni('10.0.0.9'), starts: calm }];
    expect(decide(series, [])).toMatchObject({ make: '10.0.0.10', remove: [] });
    expect(decide(series, ['10.0.0.10'])).toMatchObject({ make: '10.0.0.11', remove: [] });
    expect(decide(series, ['10.0.0.10', '10.0.0.11'])).toMatchObject({ make: undefined, remove: [] });
  });

  test('what nothing will ask for goes first', () => {
    const series = [{ last: eni('10.0.0.9'), starts: calm }];
    expect(decide(series, ['10.0.0.8', '10.0.0.10'])).toMatchObject({ make: undefined, remove: ['10.0.0.8'] });
    expect(decide([], ['10.0.0.8'])).toEqual({ make: undefined, remove: ['10.0.0.8'] });
    expect(decide(series, ['10.0.0.10'], { max: 0 })).toMatchObject({ make: undefined, remove: ['10.0.0.10'] });
  });

  test('nothing soon after a start', () => {
    const series = [{ last: eni('10.0.0.9'), starts: starts(400) }];
    expect(decide(series, ['10.0.0.8'])).toEqual({ make: undefined, remove: [], wakeAt: afterMs(now, 600) });
  });

  test('what the limit leaves is for the subnet with the newest start', () => {
    const older = { last: eni('10.0.0.9'), starts: starts(9000, 9000, 9000) };
    const newer = { last: eni('10.0.1.9'), starts: starts(8000, 8000) };
    const all = ['10.0.1.10', '10.0.1.11', '10.0.0.10'];
    expect(decide([older, newer], all, { max: 3 })).toMatchObject({ make: undefined, remove: [] });
    expect(decide([older, newer], [...all, '10.0.0.11'], { max: 3 })).toMatchObject({ remove: ['10.0.0.11'] });
  });

  test('looks again when a burst is forgotten, then when the subnet is', () => {
    const series = [{ last: eni('10.0.0.9'), starts: starts(10 * minuteMs) }];
    expect(decide(series, []).wakeAt).toBe(afterMs(now, 20 * minuteMs));
    const old = [{ last: eni('10.0.0.9'), starts: starts(60 * minuteMs) }];
    expect(decide(old, []).wakeAt).toBe(afterMs(now, 23 * 60 * minuteMs));
  });

  const played = fc.record({
    max: fc.nat(20),
    subnets: fc.array(
      fc.record({
        last: fc.integer({ min: 4, max: 254 }),
        starts: fc.array(
          fc.record({
            ageMs: fc.integer({ min: -5000, max: 26 * 3_600_000 }),
            found: fc.constantFrom('spare', 'none', 'missed'),
          }),
          { maxLength: 60 },
        ),
      }),
      { maxLength: 4 },
    ),
    spares: fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 4, max: 254 })), { maxLength: 30 }),
  });

  test('followed to its end it comes to rest within the limit, and stays there', () => {
    fc.assert(
      fc.property(played, (told) => {
        const series = told.subnets.map((subnet, index) => ({
          last: eni(`10.0.${index}.${subnet.last}`),
          starts: subnet.starts
            .toSorted((a, b) => b.ageMs - a.ageMs)
            .map(({ ageMs, found }) => ({ at: afterMs(now, -ageMs), found })),
        }));
        const spares = new Set(told.spares.map(([subnet, host]) => `10.0.${subnet}.${host}`));
        const quiet = series.every((one) => {
          const at = one.starts.at(-1)?.at;
          return at === undefined || at > now || now >= afterMs(at, limits.quietMs);
        });
        let steps = 0;
        for (; steps < 200; steps++) {
          const decision = decide(series, [...spares], { max: told.max });
          if (decision.wakeAt !== undefined) expect(decision.wakeAt).toBeGreaterThan(now);
          for (const key of decision.remove) expect(spares.delete(key)).toBe(true);
          if (decision.make !== undefined) {
            expect(spares.has(decision.make)).toBe(false);
            spares.add(decision.make);
            expect(spares.size).toBeLessThanOrEqual(told.max);
          } else if (decision.remove.length === 0) break;
        }
        expect(steps).toBeLessThan(200);
        if (quiet) expect(spares.size).toBeLessThanOrEqual(told.max);
      }),
      { numRuns: 300 },
    );
  });
});

test('spares take at most a fiftieth of the memory', () => {
  expect(mostSpares(16, 24 * 1024 ** 3)).toBe(16);
  expect(mostSpares(16, 2 * 1024 ** 3)).toBe(8);
  expect(mostSpares(16, 200 * 1024 ** 2)).toBe(0);
  expect(mostSpares(0, 24 * 1024 ** 3)).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import type { HostDocumentKind, HostDocuments, InterfaceDocument } from '#wire/link';
import { overlayMac } from '../fabric/overlay-plan.ts';
import { Arrivals } from './arrivals.ts';
import { overlayOf } from './overlay-of.ts';

function documents(of: { readonly [K in HostDocumentKind]?: Readonly<Record<string, HostDocuments[K]>> }) {
  return {
    find: <K extends HostDocumentKind>(kind: K, id: string): HostDocuments[K] | undefined => of[kind]?.[id],
    all: <K extends HostDocumentKind>(kind: K): ReadonlyMap<string, HostDocuments[K]> =>
      new Map(Object.entries(of[kind] ?? {})),
  };
}

const eni = (address: string, host?: string): InterfaceDocument => ({
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  addresses: [address],
  macAddress: '0a:00:00:00:00:01',
  groupIds: [],
  sourceDestCheck: true,
  ...(host === undefined ? {} : { host }),
});

describe('the overlay', () => {
  const world = documents({
    peer: {
      a: { underlayAddress: '192.168.0.1' },
      b: { underlayAddress: '192.168.0.2' },
      same: { underlayAddress: '192.168.0.1' },
    },
    vpc: { 'vpc-1': { cidrs: ['10.0.0.0/16', '10.1.0.0/16'] } },
    interface: {
      'eni-1': eni('10.0.0.1', 'a'),
      'eni-2': eni('10.0.0.2', 'b'),
      'eni-3': eni('10.0.0.3', 'same'),
      'eni-4': eni('10.0.0.4', 'lost'),
      'eni-5': eni('10.0.0.5'),
    },
  });

  it('leads to interfaces of other machines whose host is a peer', () => {
    expect(overlayOf('a', '192.168.0.1', world)).toEqual({
      underlayAddress: '192.168.0.1',
      peers: new Set(['192.168.0.2']),
      routes: new Map([['10.0.0.2', '192.168.0.2']]),
      unreachable: new Set(['10.0.0.0/16', '10.1.0.0/16']),
    });
  });

  it('leads nowhere from a host without an address', () => {
    const { peers, routes } = overlayOf('a', undefined, world);
    expect([peers.size, routes.size]).toEqual([0, 0]);
  });

  it('knows a host by its address alone', () => {
    expect(overlayMac('10.231.0.1')).toBe('02:52:0a:e7:00:01');
    expect(() => overlayMac('fe80::1')).toThrow('no IPv4 address');
  });
});

describe('an interface', () => {
  it('is waited for until its rules are in effect, but not for ever', async () => {
    const clock = new ManualClock(instantFromMs(0));
    const arrivals = new Arrivals({ patienceMs: 1000 }, { clock });
    const first = arrivals.awaited('eni-1');
    const second = arrivals.awaited('eni-2');
    clock.advanceMs(500);
    arrivals.set(['eni-1']);
    expect(await first).toBe(true);
    expect(await arrivals.awaited('eni-1')).toBe(true);
    clock.advanceMs(500);
    expect(await second).toBe(false);
    arrivals.set([]);
    const third = arrivals.awaited('eni-1');
    clock.advanceMs(1000);
    expect(await third).toBe(false);
  });
});

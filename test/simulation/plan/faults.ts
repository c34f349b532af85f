import { unreachable } from '#base';
import { Draw, type Span } from '../world/draw.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { SimulationOptions } from './options.ts';

/** When, after a crash is due, the process is killed: at once, or at the next such moment; and then so many microtasks later. */
export type CrashMoment = 'now' | 'append' | 'snapshot' | 'call' | 'start';

/** One thing that goes wrong. `host` is a number of a host, -1 the users' side; `zone` several hosts at once. */
export type Fault = { readonly atMs: number } & (
  | {
      readonly do: 'loss' | 'delay' | 'duplicate' | 'reorder';
      readonly host: number;
      readonly forMs: number;
      readonly percent: number;
    }
  | { readonly do: 'partition'; readonly hosts: HostSet; readonly way: 'up' | 'down' | 'both'; readonly forMs: number }
  | {
      readonly do: 'cut';
      readonly hosts: HostSet;
      /** Undefined: that end never learns of it. */
      readonly clientMs: number | undefined;
      readonly serverMs: number | undefined;
    }
  | { readonly do: 'agent-crash'; readonly hosts: HostSet; readonly downMs: number; readonly silent: boolean }
  | { readonly do: 'host-loss'; readonly host: number; readonly downMs: number; readonly silent: boolean }
  | { readonly do: 'zone-loss'; readonly zone: string; readonly downMs: number; readonly silent: boolean }
  | {
      readonly do: 'container-crash';
      readonly host: number;
      readonly all: boolean;
      readonly pick: number;
      readonly exitCode: number;
    }
  | { readonly do: 'unhealthy'; readonly host: number; readonly pick: number; readonly forMs: number }
  | { readonly do: 'slow-start'; readonly host: number; readonly forMs: number; readonly startMs: Span }
  | { readonly do: 'bad-image'; readonly service: number; readonly forMs: number }
  | {
      readonly do: 'crash';
      readonly moment: CrashMoment;
      readonly ticks: number;
      readonly tear: number;
      readonly downMs: number;
      readonly resets: boolean;
    }
  | { readonly do: 'restart'; readonly downMs: number }
  | {
      readonly do: 'disk-full';
      readonly forMs: number;
      readonly refusal: 'StoreFull' | 'StoreFailed';
      readonly writeMs: Span;
    }
  | { readonly do: 'slow-disk'; readonly forMs: number; readonly writeMs: Span }
  | { readonly do: 'clock'; readonly offsetMs: number; readonly forMs: number }
);

/** One host, or a zone of a cluster. */
export type HostSet = { readonly host: number } | { readonly zone: string };

export function drawFaults(options: SimulationOptions, services: number): Fault[] {
  const draw = new Draw(options.seed, 'faults');
  const list: Fault[] = [];
  for (const [kind, rate] of options.faults) {
    for (let left = draw.count(rate * options.hours); left > 0; left--) {
      const atMs = draw.below(options.hours * 3_600_000);
      list.push({ atMs, ...drawOne(draw, kind, { agents: options.agents, services }) });
    }
  }
  return list.sort((a, b) => a.atMs - b.atMs);
}

const episodeMs: Span = [10_000, 600_000];
const downMs: Span = [500, 600_000];
const zoneDownMs: Span = [60_000, 900_000];

type WithoutTime<F> = F extends Fault ? Omit<F, 'atMs'> : never;
type Drawn = WithoutTime<Fault>;

function drawOne(draw: Draw, kind: FaultKind, range: { readonly agents: number; readonly services: number }): Drawn {
  const host = draw.below(range.agents);
  const forMs = draw.between(draw.percent(50) ? [1_000, 60_000] : episodeMs);
  switch (kind) {
    case 'loss':
    case 'delay':
    case 'duplicate':
    case 'reorder':
      return { do: kind, host: draw.percent(40) ? -1 : host, forMs, percent: draw.between([5, 60]) };
    case 'partition':
      return { do: kind, hosts: hostSet(draw, host), way: draw.pick(['up', 'down', 'both']), forMs };
    case 'cut':
      return { do: kind, hosts: hostSet(draw, host), ...notices(draw) };
    case 'agent-crash':
      return {
        do: kind,
        hosts: hostSet(draw, host),
        downMs: draw.between(draw.percent(60) ? [500, 30_000] : downMs),
        silent: draw.percent(30),
      };
    case 'host-loss':
      return { do: kind, host, downMs: draw.between(downMs), silent: draw.percent(50) };
    case 'zone-loss':
      // Mostly for so long that its tasks are replaced elsewhere.
      return { do: kind, zone: draw.pick(['a', 'b', 'c']), downMs: draw.between(zoneDownMs), silent: draw.percent(50) };
    case 'container-crash':
      return { do: kind, host, all: draw.percent(20), pick: draw.below(1000), exitCode: draw.pick([0, 1, 137]) };
    case 'unhealthy':
      return { do: kind, host, pick: draw.below(1000), forMs };
    case 'slow-start':
      return { do: kind, host, forMs, startMs: [5_000, draw.between([10_000, 180_000])] };
    case 'bad-image':
      return { do: kind, service: range.services === 0 ? 0 : draw.below(range.services), forMs };
    case 'crash':
    case 'restart':
    case 'disk-full':
    case 'slow-disk':
    case 'clock':
      return drawPlane(draw, kind, forMs);
    default:
      return unreachable(kind);
  }
}

/** What goes wrong with the control plane's own machine. */
function drawPlane(draw: Draw, kind: 'crash' | 'restart' | 'disk-full' | 'slow-disk' | 'clock', forMs: number): Drawn {
  switch (kind) {
    case 'crash':
      return {
        do: kind,
        moment: draw.pick(['now', 'append', 'append', 'snapshot', 'call', 'start'] as const),
        ticks: draw.below(draw.percent(50) ? 8 : 60),
        tear: draw.pick([0, 1, draw.fraction()]),
        downMs: draw.between(draw.percent(80) ? [50, 5_000] : [5_000, 400_000]),
        resets: draw.percent(70),
      };
    case 'restart':
      return { do: kind, downMs: draw.between([50, 10_000]) };
    case 'disk-full':
      return {
        do: kind,
        forMs: draw.between([10, 60_000]),
        refusal: draw.pick(['StoreFull', 'StoreFailed'] as const),
        writeMs: [0, draw.pick([3, 1_500])],
      };
    case 'slow-disk':
      return { do: kind, forMs, writeMs: [10, draw.between([50, 3_000])] };
    case 'clock':
      return { do: kind, offsetMs: draw.between([-300_000, 300_000]), forMs };
    default:
      return unreachable(kind);
  }
}

function hostSet(draw: Draw, host: number): HostSet {
  return draw.percent(8) ? { zone: draw.pick(['a', 'b', 'c']) } : { host };
}

/** Both ends notice, each in its time, or one of them does not. */
function notices(draw: Draw): { readonly clientMs: number | undefined; readonly serverMs: number | undefined } {
  const one = draw.between([0, 20_000]);
  const other = draw.between([0, 20_000]);
  const blind = draw.below(4);
  return { clientMs: blind === 0 ? undefined : one, serverMs: blind === 1 ? undefined : other };
}

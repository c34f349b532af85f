import { type FaultKind, faultKinds } from './fault-kinds.ts';

/** What a run is made of; the seed draws the rest. */
export interface SimulationOptions {
  readonly seed: number;
  /** Simulated hours of workload and faults; settling comes on top. */
  readonly hours: number;
  readonly agents: number;
  readonly services: number;
  /** Expected faults an hour, by kind; a kind that is absent does not happen. */
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** Whether some services are behind a load balancer. */
  readonly balanced: boolean;
}

/**
 * Reads `--faults`: `none`, `all`, or kinds divided by commas, each with its rate an hour if it shall not be the
 * default: `crash:6,loss`. `all,-clock` is all but one. Rates of what happens to hosts grow with the number of agents.
 */
export function parseFaults(text: string, agents: number): ReadonlyMap<FaultKind, number> {
  const rates = new Map<FaultKind, number>();
  for (const part of text.split(',').filter((each) => each !== '' && each !== 'none')) {
    if (part === 'all') for (const kind of faultNames) rates.set(kind, defaultRate(kind, agents));
    else if (part.startsWith('-')) rates.delete(kindOf(part.slice(1)));
    else {
      const [name = '', rate] = part.split(':');
      const kind = kindOf(name);
      const given = rate === undefined ? defaultRate(kind, agents) : Number(rate);
      if (!(given >= 0)) throw new Error(`the rate of ${name} is no number: ${rate}`);
      rates.set(kind, given);
    }
  }
  return rates;
}

export function faultsText(faults: SimulationOptions['faults']): string {
  if (faults.size === 0) return 'none';
  return [...faults].map(([kind, rate]) => `${kind}:${Number(rate.toFixed(2))}`).join(',');
}

const faultNames = Object.keys(faultKinds) as FaultKind[];

function kindOf(name: string): FaultKind {
  const kind = faultNames.find((each) => each === name);
  if (kind === undefined) throw new Error(`there is no fault ${name}; there are: ${faultNames.join(', ')}`);
  return kind;
}

function defaultRate(kind: FaultKind, agents: number): number {
  const { perHour, perAgentHour } = faultKinds[kind];
  return perHour + perAgentHour * Math.min(agents, 200);
}

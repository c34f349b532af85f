import { defaultQuotas, type Quotas } from '#api';
import { Fault } from '#base';

/** The quotas named on a command line. Fault `UnknownQuota`, with the names there are, for one there is not. */
export function quotasFrom(given: Readonly<Record<string, number>>): Partial<Quotas> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaultQuotas, name));
  if (unknown === undefined) return given;
  throw new Fault('UnknownQuota', `There is no quota ${unknown}. There are: ${Object.keys(defaultQuotas).join(', ')}.`);
}

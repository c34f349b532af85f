import { isDeepStrictEqual } from 'node:util';
import { createTotals, type RoadsteadStore, type RoadsteadView, schema, type Totals } from '#store';
import { Violation } from '../world/violation.ts';
import type { Replica } from './replica.ts';

/** What the schema calls of one table, without its types. */
interface AnyTable {
  readonly size: number;
  all(): Iterable<object>;
  by(index: string, value: string): Iterable<object>;
  count(index: string, value: string): number;
  newest(index: string, value: string): object | undefined;
  values(index: string): Iterable<string>;
}
interface AnyDefinition {
  key(record: object): string;
  readonly indexes: Readonly<Record<string, (record: object) => string | readonly string[] | undefined>>;
}

/** The store in memory holds what the disk holds, record by record. */
export function checkRecords(view: RoadsteadView, replica: Replica, when: string): void {
  for (const [name, definition] of tablesOf()) {
    const table = view[name] as unknown as AnyTable;
    const expected = replica.table<string>(name);
    if (table.size !== expected.size) {
      throw new Violation(
        'memory and disk agree',
        `${when}: ${name} has ${table.size} records, the disk ${expected.size}`,
      );
    }
    for (const record of table.all()) {
      const key = definition.key(record);
      const kept: unknown = expected.get(key);
      // A member that is undefined is none to the journal; that is rare, so that it is looked at only then.
      if (isDeepStrictEqual(record, kept) || isDeepStrictEqual(plain(record), plain(kept))) continue;
      throw new Violation('memory and disk agree', `${when}: ${name} ${key} is not what the disk has`, [key]);
    }
  }
}

/** Every index gives what the records say. */
export function checkIndexes(view: RoadsteadView): void {
  for (const [name, definition] of tablesOf()) {
    const table = view[name] as unknown as AnyTable;
    const records = [...table.all()];
    for (const [index, valuesOf] of Object.entries(definition.indexes)) {
      const expected = new Map<string, Set<object>>();
      for (const record of records) {
        const values = valuesOf(record) ?? [];
        for (const value of typeof values === 'string' ? [values] : values) {
          expected.set(value, (expected.get(value) ?? new Set()).add(record));
        }
      }
      const wrong = (value: string): never => {
        throw new Violation('indexes agree with records', `index ${index} of ${name} is wrong for ${value}`, [value]);
      };
      for (const value of table.values(index)) if (!expected.has(value)) wrong(value);
      for (const [value, of] of expected) {
        const found = new Set(table.by(index, value));
        if (found.size !== of.size || table.count(index, value) !== of.size) wrong(value);
        for (const record of of) if (!found.has(record)) wrong(value);
        if (table.newest(index, value) !== [...found].at(-1)) wrong(value);
      }
    }
  }
}

/** The totals are what adding everything up gives. */
export function checkTotals(store: RoadsteadStore, totals: Totals): void {
  const { view } = store;
  const fresh = createTotals();
  for (const projection of Object.values(fresh) as Totals[keyof Totals][]) {
    for (const table of projection.tables) {
      for (const record of view[table].all()) projection.apply({ table, before: undefined, after: record });
    }
  }
  const compare = (name: string, arn: string, kept: object, added: object): void => {
    if (isDeepStrictEqual(kept, added)) return;
    const message = `${name} of ${arn}: kept ${JSON.stringify(kept)}, added up ${JSON.stringify(added)}`;
    throw new Violation('totals equal recomputation', message, [arn]);
  };
  for (const { containerInstanceArn: arn } of view.containerInstances.all()) {
    compare('the load', arn, totals.instances.of(arn), fresh.instances.of(arn));
  }
  for (const { serviceArn: arn } of view.services.all()) {
    compare('the counts', arn, totals.services.of(arn), fresh.services.of(arn));
  }
  const placesOf = ({ waiting }: Totals): object =>
    Object.fromEntries([...waiting.places()].map((place) => [place, waiting.kindsOf(place)]));
  compare('waiting tasks', 'all clusters', placesOf(totals), placesOf(fresh));
  for (const { clusterArn: arn } of view.clusters.all()) {
    compare('the counts', arn, totals.clusters.of(arn), fresh.clusters.of(arn));
  }
}

function tablesOf(): [keyof typeof schema, AnyDefinition][] {
  return Object.entries(schema) as unknown as [keyof typeof schema, AnyDefinition][];
}

/** Without members that are undefined, which no journal keeps. */
function plain(record: unknown): unknown {
  return record === undefined ? undefined : (JSON.parse(JSON.stringify(record)) as unknown);
}

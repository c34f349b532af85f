import { assert, Fault } from '#base';
import type { RawTables } from '../replay.ts';

/**
 * One step from a version of the records to the next. It gets every record as the older version wrote it and changes
 * the tables in place; records are replaced, never changed, and keep their creation numbers. It reads nothing else,
 * and it stays in the code for ever.
 */
export interface Migration {
  /** The version it makes: one more than the one it starts from. */
  readonly to: number;
  /** What changes, for the log. */
  readonly summary: string;
  migrate(tables: RawTables): void;
}

/** The version that the last migration makes; 1 when there is none. */
export function currentVersion(migrations: readonly Migration[]): number {
  migrations.forEach((migration, index) => {
    assert(migration.to === index + 2, `migration to ${migration.to} is out of order`);
  });
  return migrations.length + 1;
}

/**
 * Brings records of version `from` to the current one; gives the summaries of what was done.
 * Throws `StoreTooNew` when `from` is a version this program does not know.
 */
export function migrate(tables: RawTables, from: number, migrations: readonly Migration[]): readonly string[] {
  assertKnownVersion(from, migrations);
  const due = migrations.filter((migration) => migration.to > from);
  for (const migration of due) migration.migrate(tables);
  return due.map((migration) => migration.summary);
}

/** Throws `StoreTooNew` when records of `version` come from a later program than this one. */
export function assertKnownVersion(version: number, migrations: readonly Migration[]): void {
  const current = currentVersion(migrations);
  if (version <= current) return;
  throw new Fault(
    'StoreTooNew',
    `The stored state has version ${version}; this program knows versions up to ${current}. ` +
      'Start the newer Roadstead that wrote it, or restore the copy made before the upgrade.',
  );
}

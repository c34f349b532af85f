import { describe, expect, it } from 'vitest';
import type { RawTables } from '../replay.ts';
import { currentVersion, type Migration, migrate, migrations } from './index.ts';

function appends(to: number): Migration {
  return {
    to,
    summary: `to ${to}`,
    migrate: (tables) => {
      const { record, created } = tables.get('t')?.get('k') ?? { record: {}, created: 0 };
      const { path } = record as { readonly path?: string };
      tables.set('t', new Map([['k', { created, key: 'k', record: { path: `${path ?? ''}${to}` } }]]));
    },
  };
}

function stored(): RawTables {
  return new Map([['t', new Map([['k', { created: 4, key: 'k', record: { path: '' } }]])]]);
}

describe('migrate', () => {
  it('takes every step from the stored version on, in order', () => {
    const steps = [appends(2), appends(3), appends(4)];
    const tables = stored();
    expect(migrate(tables, 2, steps)).toEqual(['to 3', 'to 4']);
    expect(tables.get('t')?.get('k')).toEqual({ created: 4, key: 'k', record: { path: '34' } });
    expect(migrate(tables, 4, steps)).toEqual([]);
  });

  it('refuses a version it does not know', () => {
    expect(() => migrate(stored(), 3, [appends(2)])).toThrow('version 3; this program knows versions up to 2');
  });

  it('has its own steps numbered without a gap', () => {
    expect(currentVersion(migrations)).toBe(migrations.length + 1);
    expect(() => currentVersion([appends(3)])).toThrow('out of order');
  });
});

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '#base';
import { createTotals, openStore, type RoadsteadStore, SqliteJournal, schema, type TableName } from '#store';
import { roadsteadVersion } from '../../src/main/version.ts';
import { contentLines } from './content.ts';

const fixtures = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

async function open(directory: string): Promise<RoadsteadStore> {
  const projections = Object.values(createTotals());
  return openStore(schema, { journal: new SqliteJournal({ directory }), logger: silentLogger, projections });
}

describe('a data directory of an earlier release', () => {
  it('is here for every release, this one included', () => {
    expect(fixtures).toContain(roadsteadVersion());
  });

  it.each(fixtures)('%s: loads as what it was, again and again, and goes on', async (release) => {
    const directory = mkdtempSync(join(tmpdir(), 'roadstead-history-'));
    try {
      cpSync(join(import.meta.dirname, release), directory, { recursive: true });
      const expected = readFileSync(join(directory, 'content.jsonl'), 'utf8');
      const revision = JSON.parse(expected.slice(0, expected.indexOf('\n'))) as number;
      for (let start = 0; start < 2; start++) {
        const store = await open(directory);
        expect(recordsOf(contentLines(store.view))).toEqual(recordsOf(expected));
        await store.close();
      }
      const store = await open(directory);
      await store.update('test', (tx) => tx.clusters.delete([...tx.clusters.all()][0]?.clusterArn ?? ''));
      expect(store.revision).toBe(revision + 1);
      await store.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each(fixtures)('%s: has a record in every table there was', (release) => {
    const lines = readFileSync(join(import.meta.dirname, release, 'content.jsonl'), 'utf8');
    const tables = new Set(recordsOf(lines).map((line) => (Array.isArray(line) ? line[0] : undefined)));
    const missing = (Object.keys(schema) as TableName[]).filter((table) => !tables.has(table));
    expect(missing).toEqual(laterTables[release] ?? []);
  });
});

/** Tables that came after a release. */
const laterTables: Readonly<Record<string, readonly TableName[]>> = {
  '0.1.0': [
    'capacityProviders',
    'daemonTaskDefinitions',
    'daemonTaskDefinitionFamilies',
    'daemons',
    'daemonRevisions',
    'daemonDeployments',
    'serviceRevisions',
    'serviceDeployments',
    'taskSets',
    'events',
    'logGroups',
    'discoveryNamespaces',
    'discoveryServices',
    'discoveryInstances',
    'connectCertificates',
    'discoveryOperations',
    'loadBalancers',
    'listeners',
    'listenerRules',
    'targetGroups',
    'targets',
    'hostedZones',
    'resourceRecordSets',
    'dnsChanges',
    'codeDeployApplications',
    'codeDeployConfigs',
    'codeDeployGroups',
    'codeDeployRevisions',
    'codeDeployDeployments',
    'certificates',
    'natGateways',
    'elasticIps',
    'vpcEndpoints',
  ],
};

function recordsOf(lines: string): readonly unknown[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ServiceFacts, ServiceSnapshot, ServicesSnapshot } from '#wire/aws';
import { factsOf, type ServiceRow, services } from './services.ts';
import { walkModule } from './walk.ts';

/**
 * `npm run shapes`: writes `src/wire/shapes/<service>.json` for every service of the table whose official client is
 * installed, and `services.json` for all of them. `--from DIR` takes the clients from another folder's node_modules,
 * `--out DIR` writes elsewhere. Fails when ECS is missing or a row of the table does not match its package.
 */

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const notice = 'do not edit; AWS SDK for JavaScript, Apache-2.0';

/** The snapshot of one installed client; `undefined` when it is not installed below `from`. */
export function snapshotService(row: ServiceRow, from: string): ServiceSnapshot | undefined {
  // An empty path segment keeps `require` looking in `from` itself and above.
  const require = createRequire(join(from, 'package.json'));
  const manifest = findManifest(require, row.package);
  if (manifest === undefined) return undefined;
  const module = require(row.package) as Readonly<Record<string, unknown>>;
  return {
    generated: `by tools/model/snapshot.ts from ${row.package} ${manifest.version}; ${notice}`,
    service: checkedFacts(row, module),
    ...walkModule(module),
  };
}

/** What the run time knows of services without a snapshot: how to recognise and refuse their requests. */
export function servicesSnapshot(): ServicesSnapshot {
  return {
    generated: 'by tools/model/snapshot.ts from tools/model/services.ts; do not edit',
    services: services.map(factsOf),
  };
}

/** JSON with one shape or operation per line, so that an upgrade of a client reads well as a difference. */
export function printSnapshot(snapshot: ServiceSnapshot | ServicesSnapshot): string {
  const sections = Object.entries(snapshot).map(([name, value]) => `${JSON.stringify(name)}: ${printSection(value)}`);
  return `{\n${sections.join(',\n')}\n}\n`;
}

function printSection(value: unknown): string {
  if (Array.isArray(value)) return `[\n${value.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([name, entry]) => `${JSON.stringify(name)}: ${JSON.stringify(entry)}`);
  return `{\n${lines.join(',\n')}\n}`;
}

function findManifest(require: NodeJS.Require, name: string): { version: string } | undefined {
  const roots = require.resolve.paths(name) ?? [];
  const path = roots.map((root) => join(root, name, 'package.json')).find((candidate) => existsSync(candidate));
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as { version: string });
}

/** What a client knows of its service; only a constructed one tells. */
interface ClientConfig {
  readonly defaultSigningName: string;
  readonly protocol: { getShapeId(): string };
  readonly protocolSettings: {
    readonly version: string;
    readonly serviceTarget: string;
    readonly xmlNamespace?: string;
    readonly awsQueryCompatible?: boolean;
  };
}

function clientConfig(row: ServiceRow, module: Readonly<Record<string, unknown>>): ClientConfig {
  const name = Object.keys(module).find((key) => /^[A-Z]\w*Client$/.test(key));
  if (name === undefined) throw new Error(`${row.package} exports no client`);
  const Client = module[name] as new (options: object) => { readonly config: ClientConfig };
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  return new Client({ region: 'us-east-1', credentials }).config;
}

/** The row's facts with what only the client knows; throws where the two disagree. */
function checkedFacts(row: ServiceRow, module: Readonly<Record<string, unknown>>): ServiceFacts {
  const { defaultSigningName, protocol, protocolSettings } = clientConfig(row, module);
  const differences = [
    ['signing name', row.signingName, defaultSigningName],
    ['first protocol', `aws.protocols#${row.protocols[0]}`, protocol.getShapeId()],
    ['first target prefix', row.targetPrefixes[0], protocolSettings.serviceTarget],
    ['version', row.version, protocolSettings.version],
  ].filter(([, ours, theirs]) => ours !== theirs);
  if (differences.length > 0) {
    const list = differences.map(([what, ours, theirs]) => `${what} is ${theirs}, not ${ours}`);
    throw new Error(`tools/model/services.ts, ${row.key}: ${list.join('; ')}`);
  }
  return {
    ...factsOf(row),
    ...(protocolSettings.xmlNamespace === undefined ? {} : { xmlNamespace: protocolSettings.xmlNamespace }),
    ...(protocolSettings.awsQueryCompatible === true ? { queryCompatible: true } : {}),
  };
}

function main(): void {
  const { values } = parseArgs({ options: { from: { type: 'string' }, out: { type: 'string' } } });
  const from = resolve(values.from ?? checkout);
  const out = resolve(values.out ?? join(checkout, 'src/wire/shapes'));
  const skipped: string[] = [];
  for (const row of services) {
    const snapshot = snapshotService(row, from);
    if (snapshot === undefined) {
      if (row.key === 'ecs' && values.from === undefined) throw new Error(`${row.package} is not installed`);
      skipped.push(row.key);
      continue;
    }
    writeFileSync(join(out, `${row.key}.json`), printSnapshot(snapshot));
    const counts = `${Object.keys(snapshot.operations).length} operations, ${Object.keys(snapshot.shapes).length} shapes`;
    console.log(`${row.key}: ${counts}`);
  }
  writeFileSync(join(out, 'services.json'), printSnapshot(servicesSnapshot()));
  if (skipped.length > 0) console.log(`skipped, client not installed: ${skipped.join(', ')}`);
}

if (import.meta.main) main();

import { dirname, join, normalize } from 'node:path';
import { type GateResult, projectFiles, readSources, type SourceFile } from './sources.ts';

/** A room of the house: which others it may import, and what to do instead of importing the rest. */
interface Room {
  readonly path: string;
  readonly mayImport: readonly string[];
  readonly nodeModules: RegExp;
  readonly packages: readonly string[];
  readonly instead: string;
}

const noNode = /^$/;
const anyNode = /^node:/;
const pureNode = /^node:(crypto|zlib|buffer)$/;

/** The walls, lowest room first. docs/architecture.md explains them. */
export const rooms: readonly Room[] = [
  room('base', [], noNode, [], 'take what you need as a parameter (a port); base knows nothing of Roadstead'),
  room('model', ['base'], noNode, [], 'model is pure: pass clock, ids and records in'),
  room('wire/shapes', ['wire/aws', 'base'], /^node:module$/, [], 'shapes are data; code belongs in wire/aws'),
  room('wire/aws', ['base', 'wire/shapes'], pureNode, [], 'wire turns bytes into shapes; records belong to model'),
  room('wire/link', ['base', 'wire/aws'], noNode, [], 'link holds the agent protocol; both ends import it'),
  room('wire/session', ['base'], pureNode, [], 'session holds the data channel; what runs the command is a port'),
  room(
    'store',
    ['base', 'model', 'store/backends'],
    /^node:buffer$/,
    [],
    'the store knows records, not shapes; disk access lives in store/backends',
  ),
  room(
    'store/backends',
    ['base', 'model', 'store'],
    /^node:(fs|fs\/promises|path|sqlite|worker_threads|timers|zlib|url|os)$/,
    [],
    'a backend implements the Journal port only',
  ),
  room(
    'logs',
    ['base', 'logs/disk'],
    /^node:(zlib|buffer)$/,
    [],
    'log events know nothing of records; disk access lives in logs/disk',
  ),
  room('logs/disk', ['base', 'logs'], /^node:(fs|fs\/promises|path)$/, [], 'a disk implements the LogDisk port only'),
  room(
    'pki',
    ['base'],
    /^node:(crypto|buffer|util)$/,
    [],
    'certificates know nothing of records; give it names and keys',
  ),
  room('telemetry', ['base'], noNode, [], 'what tasks use knows nothing of records; give it names and numbers'),
  room('authz', ['base', 'model'], noNode, [], 'a decision is a pure function of principal, action and resource'),
  room('scheduler', ['base', 'model'], noNode, [], 'give the scheduler views; it never reads the store'),
  room(
    'capacity',
    ['base', 'model', 'store'],
    noNode,
    [],
    'what api and controllers both know of providers and strategies; who places and who starts is theirs',
  ),
  room(
    'network',
    ['base', 'model', 'store'],
    noNode,
    [],
    'what api and controllers both know of VPCs and their addresses; the kernel is of dataplane',
  ),
  room(
    'balancing',
    ['base', 'model', 'store'],
    noNode,
    [],
    "what api, controllers and dispatch all know of load balancers' targets; who reports and who registers is theirs",
  ),
  room(
    'mesh',
    ['base', 'model', 'store', 'balancing'],
    noNode,
    [],
    'what api, controllers and dispatch all know of Service Connect; who registers and who tells hosts is theirs',
  ),
  room(
    'controllers',
    ['base', 'model', 'store', 'scheduler', 'capacity', 'network', 'balancing', 'mesh'],
    noNode,
    [],
    'meet other components in the store: write a record, watch it there',
  ),
  room('events', ['base', 'model', 'store'], noNode, [], 'events say what a transaction did; they change nothing else'),
  room(
    'sessions',
    ['base', 'wire/session'],
    pureNode,
    [],
    'sessions pair two connections; agents are called through a port',
  ),
  room(
    'api',
    [
      'base',
      'model',
      'wire/aws',
      'wire/link',
      'store',
      'pki',
      'telemetry',
      'logs',
      'authz',
      'scheduler',
      'capacity',
      'network',
      'balancing',
      'mesh',
      'events',
      'sessions',
    ],
    /^node:crypto$/,
    ['yaml'],
    'an operation writes intent into the store; loops and dispatch act on it',
  ),
  room(
    'dispatch',
    ['base', 'model', 'wire/link', 'wire/aws', 'store', 'telemetry', 'balancing', 'mesh'],
    pureNode,
    [],
    'dispatch hands assignments down and writes reports up; it decides nothing',
  ),
  room(
    'endpoint',
    ['base', 'model', 'wire/aws', 'wire/link', 'wire/session', 'authz', 'api', 'dispatch', 'sessions'],
    /^node:(http|https|net|stream|zlib|events)$/,
    ['ws'],
    'the endpoint carries bytes; state is behind the api',
  ),
  room(
    'dataplane',
    ['base', 'model', 'wire/link', 'dataplane/programs'],
    anyNode,
    [],
    'a host part never imports the control plane',
  ),
  room('dataplane/programs', ['base'], anyNode, [], 'running a program of the host is all that is done here'),
  room(
    'dataplane/haproxy',
    ['base', 'dataplane/programs'],
    anyNode,
    [],
    'driving HAProxy knows no documents: what it shall do is rendered by who uses it',
  ),
  room(
    'dataplane/balancing',
    ['base', 'wire/link', 'dataplane/haproxy', 'dataplane/programs'],
    anyNode,
    [],
    'load balancing follows documents; the interface of a node comes by the port NodeNetwork',
  ),
  room(
    'dataplane/mesh',
    ['base', 'wire/link', 'dataplane/haproxy', 'dataplane/programs'],
    anyNode,
    [],
    'Service Connect follows documents; whose container the proxy is belongs to the agent',
  ),
  room(
    'agent',
    ['base', 'model', 'wire/link', 'wire/session', 'wire/aws', 'dataplane'],
    anyNode,
    ['ws'],
    'a host part never imports the control plane: speak the agent protocol',
  ),
  room(
    'cli',
    ['base', 'wire/aws', 'wire/shapes', 'wire/session'],
    anyNode,
    ['commander', 'yaml', 'ws'],
    'the command line uses the public API only',
  ),
  room('main', ['*'], anyNode, ['pino', 'ws'], 'main wires everything and is imported by nobody'),
];

function room(
  path: string,
  mayImport: readonly string[],
  nodeModules: RegExp,
  packages: readonly string[],
  instead: string,
): Room {
  return {
    path: `src/${path}`,
    mayImport: mayImport.map((each) => (each === '*' ? '*' : `src/${each}`)),
    nodeModules,
    packages,
    instead,
  };
}

/** Rooms whose sub-folders are strangers to each other: one operation folder per service, one folder per loop. */
const strangers = [
  'src/api/acm',
  'src/api/codedeploy',
  'src/api/ecs',
  'src/api/ec2',
  'src/api/elbv2',
  'src/api/logs',
  'src/api/roadstead',
  'src/api/route53',
  'src/api/servicediscovery',
  'src/api/ssm',
  'src/api/sts',
  'src/controllers',
];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(importPattern)) {
    const specifier = match[2] ?? match[3];
    if (specifier === undefined) continue;
    const dynamicType = match[3] !== undefined && /typeof\s+$/.test(text.slice(0, match.index));
    found.push({ specifier, typeOnly: match[1] !== undefined || dynamicType });
  }
  return found;
}

/** The innermost room a file is in. */
export function roomOf(path: string): Room | undefined {
  let best: Room | undefined;
  for (const each of rooms) {
    if (path.startsWith(`${each.path}/`) && (best === undefined || each.path.length > best.path.length)) best = each;
  }
  return best;
}

export function checkFile(file: SourceFile, faces: Readonly<Record<string, string>>): string[] {
  const from = roomOf(file.path);
  if (from === undefined) return [`${file.path}: no room of tools/gate/layers.ts covers it; add its folder there`];
  return importsOf(file.text).flatMap((each) => checkImport(file.path, from, each, faces));
}

function checkImport(
  path: string,
  from: Room,
  { specifier, typeOnly }: Import,
  faces: Readonly<Record<string, string>>,
): string[] {
  const refuse = (why: string): string[] => [`${path}: imports ${specifier}: ${why}; instead: ${from.instead}`];
  if (specifier.startsWith('node:')) {
    return from.nodeModules.test(specifier) ? [] : refuse('a Node.js module this room may not use');
  }
  if (!specifier.startsWith('.') && !specifier.startsWith('#')) {
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    if (typeOnly || from.packages.includes(name)) return [];
    return refuse('a package this room may not load (types are free)');
  }
  const target = specifier.startsWith('#') ? faces[specifier] : normalize(join(dirname(path), specifier));
  if (target === undefined) return refuse('no such face in package.json');
  if (target === 'package.json' && from.path === 'src/main') return [];
  const to = roomOf(target);
  if (to === undefined) return refuse('it lies outside src');
  if (to === from) return checkStrangers(path, target, refuse);
  const allowed =
    from.mayImport.includes('*') || from.mayImport.some((each) => to.path === each || to.path.startsWith(`${each}/`));
  if (!allowed) return refuse(`${from.path} may not import ${to.path}`);
  const family =
    to.path.startsWith(`${from.path}/`) || from.path.startsWith(`${to.path}/`) || sameParent(from.path, to.path);
  if (specifier.startsWith('.') && !family && from.path !== 'src/main')
    return refuse('come in by its face (#…), not by a path');
  return [];
}

function sameParent(a: string, b: string): boolean {
  return dirname(a) === dirname(b) && dirname(a) !== 'src';
}

function checkStrangers(path: string, target: string, refuse: (why: string) => string[]): string[] {
  const home = strangers.find((each) => path.startsWith(`${each}/`));
  if (home === 'src/controllers') {
    const folder = (each: string): string =>
      each
        .slice(home.length + 1)
        .split('/')
        .slice(0, -1)[0] ?? '';
    const [own, other] = [folder(path), folder(target)];
    return other !== '' && own !== '' && own !== other ? refuse('a loop never calls another loop') : [];
  }
  const service = strangers.find((each) => each.startsWith('src/api/') && target.startsWith(`${each}/`));
  if (home !== undefined && service !== undefined && home !== service) return refuse("another service's folder");
  return [];
}

/** The cycles among files, each as the path that closes it. */
function cycles(files: readonly SourceFile[], faces: Readonly<Record<string, string>>): string[] {
  const edges = new Map<string, string[]>();
  for (const file of files) {
    const targets = importsOf(file.text)
      .filter((each) => !each.typeOnly)
      .map(({ specifier }) =>
        specifier.startsWith('#') ? faces[specifier] : normalize(join(dirname(file.path), specifier)),
      );
    edges.set(
      file.path,
      targets.filter((target): target is string => target !== undefined && target.startsWith('src/')),
    );
  }
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`);
      return;
    }
    state.set(path, 'open');
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

/** Checks every import of src/ against the walls. */
export function checkLayers(faces: Readonly<Record<string, string>>): GateResult {
  const paths = projectFiles().filter(
    (path) => /^src\/.*\.ts$/.test(path) && !/\.(test|suite)\.ts$/.test(path) && !path.includes('/test-support/'),
  );
  const files = readSources(paths);
  const problems = [...files.flatMap((file) => checkFile(file, faces)), ...cycles(files, faces)];
  const imports = files.reduce((sum, file) => sum + importsOf(file.text).length, 0);
  return { seen: imports, atLeast: 400, problems };
}

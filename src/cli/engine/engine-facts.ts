import { Fault } from '#base';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Say } from '../output/steps.ts';
import type { Engine } from '../ports.ts';

/** The range of the Docker Engine API that Roadstead speaks; the newest both sides know is used. */
export const oldestApi = '1.41';
export const newestApi = '1.55';

/** What an engine says of itself. */
export interface EngineFacts {
  /** podman's socket speaks Docker's API. */
  readonly engine: 'Docker' | 'Podman';
  /** It runs as a user who is not root. */
  readonly rootless: boolean;
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly cgroupVersion: string;
  readonly cgroupDriver: string;
  /** How and where it keeps containers' files; `backing` is the file system there, where the engine says it. */
  readonly storage: { readonly driver: string; readonly backing: string; readonly directory: string };
  /** RFC 3339, the engine's own clock. */
  readonly systemTime: string;
}

/** Asks the engine. Rejects with a Fault (`EngineAbsent`, `EngineDenied`, `EngineFailed`). */
export async function readEngineFacts(engine: Engine): Promise<EngineFacts> {
  const [version, info] = await Promise.all([readJson(engine, '/version'), readJson(engine, '/info')]);
  const components = Array.isArray(version['Components']) ? (version['Components'] as { Name?: unknown }[]) : [];
  const security = Array.isArray(info['SecurityOptions']) ? (info['SecurityOptions'] as unknown[]) : [];
  return {
    engine: components.some(({ Name }) => Name === 'Podman Engine') ? 'Podman' : 'Docker',
    rootless: security.includes('name=rootless'),
    version: textOf(version['Version'], ''),
    apiVersion: textOf(version['ApiVersion'], '0'),
    minApiVersion: textOf(version['MinAPIVersion'], '1.12'),
    cgroupVersion: textOf(info['CgroupVersion'], '1'),
    cgroupDriver: textOf(info['CgroupDriver'], ''),
    storage: {
      driver: textOf(info['Driver'], ''),
      backing: backingOf(info['DriverStatus']),
      directory: textOf(info['DockerRootDir'], '/var/lib/docker'),
    },
    systemTime: textOf(info['SystemTime'], ''),
  };
}

/** `DriverStatus` is a list of pairs. */
function backingOf(status: unknown): string {
  const pairs: readonly unknown[] = Array.isArray(status) ? status : [];
  const found = pairs.find((pair) => Array.isArray(pair) && pair[0] === 'Backing Filesystem');
  return Array.isArray(found) ? textOf(found[1], '') : '';
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

async function readJson(engine: Engine, path: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await engine.send('GET', path);
  const text = new TextDecoder().decode(response.body);
  if (response.status !== 200)
    throw new Fault('EngineFailed', `GET ${path} answered ${response.status}: ${text.trim()}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

/** Whether some API version suits both sides. */
export function speaksOurApi(facts: Pick<EngineFacts, 'apiVersion' | 'minApiVersion'>): boolean {
  return compareVersions(facts.apiVersion, oldestApi) >= 0 && compareVersions(facts.minApiVersion, newestApi) <= 0;
}

/** Below 0 when `a` is older, above when it is newer. Numbers are compared as numbers: 1.9 < 1.41. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.replace(/^v/, '').split(/[.+-]/).map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i++) {
    const difference = (left?.[i] || 0) - (right?.[i] || 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The engine's facts, or the failure that names the fix. */
export async function requireEngine(engine: Engine, say: Say): Promise<EngineFacts> {
  const facts = await readEngineFacts(engine).catch((error: unknown) => {
    throw engineFailure(engine, error);
  });
  if (!speaksOurApi(facts)) throw engineTooOld(facts);
  say(engineText(facts));
  return facts;
}

export function engineText(facts: EngineFacts): string {
  const engine = facts.engine === 'Docker' ? 'Engine' : facts.engine;
  return `${engine} ${facts.version}, API ${facts.apiVersion} (Roadstead speaks ${oldestApi} to ${newestApi})`;
}

export function engineTooOld(facts: EngineFacts): Failure {
  return new Failure(`Docker Engine ${facts.version} does not speak Roadstead's API range`, {
    why: `it speaks ${facts.minApiVersion} to ${facts.apiVersion}, Roadstead ${oldestApi} to ${newestApi}`,
    next: 'upgrade Docker Engine: 20.10 and newer will do',
  });
}

/** The failure for an engine that cannot be used, with the way out. */
export function engineFailure(engine: Engine, error: unknown): Failure {
  const code = error instanceof Fault ? error.code : '';
  const why = error instanceof Error ? error.message : String(error);
  if (code === 'EngineDenied') {
    return new Failure('this user may not use the Docker Engine', {
      exitCode: exitCodes.denied,
      why,
      next: 'run the command with sudo, or join the docker group and log in again:\nsudo usermod -aG docker "$USER"',
      cause: error,
    });
  }
  if (code === 'EngineAbsent') {
    return new Failure('no Docker Engine is running', {
      exitCode: exitCodes.unreachable,
      why,
      next:
        engine.address === 'unix:///var/run/docker.sock'
          ? 'start it (systemctl start docker), or let roadstead demo install and start one'
          : `start the engine that DOCKER_HOST names (${engine.address}), or unset DOCKER_HOST`,
      cause: error,
    });
  }
  return new Failure('the Docker Engine does not work', {
    why,
    next: 'look into its log: journalctl -u docker',
    cause: error,
  });
}

import { Fault } from '#base';
import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { directoryMode, writePid } from '../installation.ts';
import type { Invocation } from '../invocation.ts';
import type { DetachedProcess } from '../ports.ts';
import { waitFor } from '../waiting.ts';
import {
  type EngineFacts,
  engineFailure,
  engineText,
  engineTooOld,
  readEngineFacts,
  speaksOurApi,
} from './engine-facts.ts';
import { installPackages } from './packages.ts';

const startTimeoutMs = 90_000;
/** What a package's own start of the engine gets before we start one. */
const packageStartMs = 3_000;
const intervalMs = 250;

/** The agent runs these; Debian's packages for them. */
const toolPackages = { ip: 'iproute2', iptables: 'iptables', nft: 'nftables', nsenter: 'util-linux' } as const;

/** Load balancers want these; without them a host carries none. */
const balancingPackages = { haproxy: 'haproxy', conntrack: 'conntrack' } as const;

/**
 * Makes sure that a Docker Engine answers and the agent's tools are there: installs Debian's packages and starts the
 * engine where needed, each announced. Throws a Failure that says what to do.
 */
export async function ensureEngine(invocation: Invocation): Promise<EngineFacts> {
  const { deps, steps } = invocation;
  let facts = await findEngine(invocation);
  if (facts === undefined) {
    if (deps.machine.userId !== 0) throw notRoot(invocation);
    if ((await deps.processes.which('dockerd')) === undefined) {
      await installPackages(invocation, {
        what: 'Docker Engine',
        packages: ['docker.io', 'iproute2', 'iptables', 'nftables', ...Object.values(balancingPackages)],
      });
      facts = await waitForEngine(invocation, packageStartMs);
    }
    facts ??= await startEngine(invocation);
  }
  if (!speaksOurApi(facts)) throw engineTooOld(facts);
  const found = facts;
  await steps.run('docker', async (say) => say(engineText(found)));
  const missing: string[] = [];
  for (const [command, name] of Object.entries(toolPackages)) {
    if ((await deps.processes.which(command)) === undefined) missing.push(name);
  }
  if (missing.length > 0) await installPackages(invocation, { what: "the agent's network tools", packages: missing });
  await wantBalancing(invocation);
  return facts;
}

/** Said, not refused, where they cannot be had. */
async function wantBalancing(invocation: Invocation): Promise<void> {
  const missing: string[] = [];
  for (const [command, name] of Object.entries(balancingPackages)) {
    if ((await invocation.deps.processes.which(command)) === undefined) missing.push(name);
  }
  if (missing.length === 0) return;
  try {
    await installPackages(invocation, { what: 'what load balancers run on', packages: missing });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    invocation.steps.note(`  ${error.message}; this host carries no load balancers`);
  }
}

/** `undefined` when nothing answers and one of ours might; a Failure for what installing cannot mend. */
async function findEngine({ deps }: Invocation): Promise<EngineFacts | undefined> {
  try {
    return await readEngineFacts(deps.engine);
  } catch (error) {
    const ours = deps.engine.address === 'unix:///var/run/docker.sock';
    if (ours && error instanceof Fault && error.code === 'EngineAbsent') return undefined;
    throw engineFailure(deps.engine, error);
  }
}

function notRoot({ deps }: Invocation): Failure {
  return new Failure('no Docker Engine is running', {
    exitCode: exitCodes.denied,
    why: `${deps.engine.address} does not answer, and only root can install or start an engine`,
    next: 'run the command with sudo, or have an administrator start Docker:\nsudo apt-get install docker.io && sudo usermod -aG docker "$USER"',
  });
}

async function startEngine(invocation: Invocation): Promise<EngineFacts> {
  const { deps, common, steps } = invocation;
  return steps.run('docker start', async (say) => {
    if (await deps.files.exists('/run/systemd/system')) {
      say('systemctl start docker');
      const result = await deps.processes.run('systemctl', ['start', 'docker']);
      const facts = result.code === 0 ? await waitForEngine(invocation, startTimeoutMs) : undefined;
      if (facts !== undefined) return facts;
      throw new Failure('systemd could not start the Docker Engine', {
        why: result.stderr.trim(),
        next: 'journalctl -u docker says why',
      });
    }
    await mountCgroups(invocation);
    say(`in the background, log in ${common.paths.engineLog}`);
    const daemon = await startDaemon(invocation);
    const facts = await waitForEngine(invocation, startTimeoutMs, daemon);
    if (facts !== undefined) return facts;
    throw new Failure('the Docker Engine did not start', {
      why: (await deps.files.tail(common.paths.engineLog, 6)).join('\n'),
      next: `read ${common.paths.engineLog}; in a container it must be a privileged one`,
    });
  });
}

/** Starts dockerd for this installation and remembers it, so that whoever cleans up knows that it was ours. */
async function startDaemon({ deps, common }: Invocation): Promise<DetachedProcess> {
  const dockerd = (await deps.processes.which('dockerd')) ?? 'dockerd';
  await deps.files.makeDirectory(common.paths.dataDir, directoryMode);
  const daemon = await deps.processes.startDetached(dockerd, [], {
    logPath: common.paths.engineLog,
    // A user's PATH may lack the sbin folders, where dockerd looks for iptables.
    env: { PATH: `${deps.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin` },
  });
  await writePid(deps.files, common.paths.enginePid, daemon.pid);
  return daemon;
}

/** A machine without an init system may have no cgroups mounted; without them no container starts. */
async function mountCgroups({ deps, steps }: Invocation): Promise<void> {
  const mounts = (await deps.files.read('/proc/mounts')) ?? '';
  if (/^\S+ \S+ cgroup2? /m.test(mounts)) return;
  steps.note('  mounting /sys/fs/cgroup (version 2)');
  await deps.processes.run('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup']);
}

function waitForEngine(
  { deps }: Invocation,
  timeoutMs: number,
  daemon?: DetachedProcess,
): Promise<EngineFacts | undefined> {
  let ended = false;
  return waitFor(deps.clock, { timeoutMs, intervalMs, signal: deps.signal }, async () => {
    const facts = await readEngineFacts(deps.engine).catch(() => undefined);
    if (facts !== undefined) return facts;
    if (ended) return null;
    ended = daemon?.exitCode() !== undefined;
    return undefined;
  }).then((facts) => facts ?? undefined);
}

import { unreachable } from '#base';
import { compareVersions, type EngineFacts, newestApi, oldestApi, speaksOurApi } from '../engine/engine-facts.ts';
import { sizeText } from '../output/durations.ts';
import type { Check } from './check.ts';
import { type StorageFacts, storageChecks } from './storage.ts';

/** What was found out about the machine; `undefined` where it could not be. */
export interface MachineFacts {
  readonly platform: string;
  readonly nodeVersion: string;
  readonly root: boolean;
  readonly engine: EngineFacts | { readonly problem: string; readonly fix: string };
  /** cgroup controllers that tasks can be limited with. */
  readonly cgroup: { readonly version: 1 | 2; readonly controllers: readonly string[] } | undefined;
  /** The commands that the agent runs, by name: where they are. */
  readonly commands: Readonly<Record<string, string | undefined>>;
  /** What `aws --version` says. */
  readonly awsVersion: string | undefined;
  /** `iptables --version`, e.g. `iptables v1.8.9 (nf_tables)`. */
  readonly iptablesVersion: string | undefined;
  readonly nftables: boolean | undefined;
  readonly vxlan: boolean | undefined;
  /** Whether the kernel can delay packets and lose them on purpose. */
  readonly netem: boolean | undefined;
  readonly storage: StorageFacts;
  readonly port: { readonly number: number; readonly state: 'free' | 'ours' | 'taken' };
  readonly dataDir: string;
  readonly freeBytes: number | undefined;
  /** Epoch seconds, ours and the engine's. */
  readonly now: number;
  readonly engineNow: number | undefined;
}

const oldestNode = '24.15';
const leastFreeBytes = 2e9;
/** Requests signed by a clock further off are refused: Signature Version 4 allows 15 minutes. */
const greatestSkewSeconds = 300;
/** Any clock that says less was never set. 2026-01-01. */
const plausibleNow = 1_767_225_600;
const neededControllers = ['cpu', 'memory', 'pids'];
/** By major version, the first minor one that reads AWS_ENDPOINT_URL; Debian 12 has 2.9. */
const oldestAwsMinors = new Map([
  [1, 29],
  [2, 13],
]);

/** Every check, in the order it is shown. */
export function decideChecks(facts: MachineFacts): Check[] {
  return [
    platformCheck(facts),
    nodeCheck(facts),
    rightsCheck(facts),
    engineCheck(facts),
    cgroupCheck(facts),
    commandsCheck(facts),
    nftablesCheck(facts),
    balancingCheck(facts),
    vxlanCheck(facts),
    netemCheck(facts),
    ...storageChecks(facts.storage),
    portCheck(facts),
    diskCheck(facts),
    clockCheck(facts),
    awsCheck(facts),
  ];
}

function platformCheck({ platform }: MachineFacts): Check {
  if (platform.startsWith('linux')) return { name: 'system', state: 'ok', detail: platform };
  return {
    name: 'system',
    state: 'failed',
    detail: `${platform}: tasks with their own address need Linux`,
    fix: 'run Roadstead on a Linux machine or in a Linux virtual machine',
  };
}

function nodeCheck({ nodeVersion }: MachineFacts): Check {
  if (compareVersions(nodeVersion, oldestNode) >= 0) return { name: 'node', state: 'ok', detail: nodeVersion };
  return {
    name: 'node',
    state: 'failed',
    detail: `${nodeVersion} is older than ${oldestNode}`,
    fix: 'start Roadstead through ./roadstead, which brings its own Node.js',
  };
}

function rightsCheck({ root }: MachineFacts): Check {
  if (root) return { name: 'rights', state: 'ok', detail: 'root: may set up task networks' };
  return {
    name: 'rights',
    state: 'warning',
    detail:
      'not root: tasks in awsvpc mode (all of Fargate) cannot get their network interface, no task its role or metadata',
    fix: 'run it as root: sudo ./roadstead up',
  };
}

function engineCheck({ engine }: MachineFacts): Check {
  if ('problem' in engine) return { name: 'engine', state: 'failed', detail: engine.problem, fix: engine.fix };
  const detail = `${engine.engine} ${engine.version}, API ${engine.minApiVersion} to ${engine.apiVersion}`;
  if (speaksOurApi(engine)) {
    const lacks = engineLacks(engine);
    if (lacks.length === 0) return { name: 'engine', state: 'ok', detail };
    return {
      name: 'engine',
      state: 'warning',
      detail: `${detail}; ${lacks.join('; ')}`,
      fix: "tasks that need these want Docker Engine run by root; docs/engines.md has each engine's list",
    };
  }
  return {
    name: 'engine',
    state: 'failed',
    detail: `${detail}; Roadstead speaks ${oldestApi} to ${newestApi}`,
    fix: 'upgrade Docker Engine: 20.10 and newer will do',
  };
}

/** What tasks lack on this kind of engine, which nothing else finds out. */
function engineLacks({ engine, rootless, cgroupDriver }: EngineFacts): string[] {
  const lacks: string[] = [];
  if (engine === 'Podman') lacks.push('podman has no links, and awslogs is none of its log drivers');
  if (engine === 'Podman' && cgroupDriver !== 'systemd') lacks.push('no health checks: podman leaves them to systemd');
  if (rootless && cgroupDriver === 'none') {
    lacks.push("rootless without control groups: limits of CPU and memory don't hold");
  } else if (rootless) {
    lacks.push('rootless: devices of the host and ports below 1024 are out of reach');
  }
  return lacks;
}

function cgroupCheck({ cgroup, engine }: MachineFacts): Check {
  if (cgroup === undefined) {
    return {
      name: 'cgroups',
      state: 'failed',
      detail: 'no cgroup file system is mounted',
      fix: 'mount -t cgroup2 none /sys/fs/cgroup',
    };
  }
  const driver = 'problem' in engine ? '' : `, driver ${engine.cgroupDriver}`;
  const missing = neededControllers.filter((controller) => !cgroup.controllers.includes(controller));
  if (missing.length === 0) return { name: 'cgroups', state: 'ok', detail: `version ${cgroup.version}${driver}` };
  return {
    name: 'cgroups',
    state: 'warning',
    detail: `version ${cgroup.version}${driver}; without the controllers ${missing.join(', ')} their limits are not enforced`,
    fix: 'enable them: kernel parameter cgroup_enable=memory, or Delegate=yes for the unit that runs Docker',
  };
}

function commandsCheck({ commands }: MachineFacts): Check {
  const packages: Readonly<Record<string, string>> = {
    ip: 'iproute2',
    iptables: 'iptables',
    nft: 'nftables',
    nsenter: 'util-linux',
  };
  const missing = Object.keys(packages).filter((name) => commands[name] === undefined);
  if (missing.length === 0) return { name: 'network tools', state: 'ok', detail: Object.keys(packages).join(', ') };
  return {
    name: 'network tools',
    state: 'failed',
    detail: `not found: ${missing.join(', ')}`,
    fix: `apt-get install ${missing.map((name) => packages[name]).join(' ')}`,
  };
}

function balancingCheck({ commands }: MachineFacts): Check {
  const packages: Readonly<Record<string, string>> = { haproxy: 'haproxy', nft: 'nftables', conntrack: 'conntrack' };
  const missing = Object.keys(packages).filter((name) => commands[name] === undefined);
  if (missing.length === 0) return { name: 'load balancing', state: 'ok', detail: Object.keys(packages).join(', ') };
  return {
    name: 'load balancing',
    state: 'warning',
    detail: `not found: ${missing.join(', ')}; this host carries no load balancers`,
    fix: `apt-get install ${missing.map((name) => packages[name]).join(' ')}`,
  };
}

function nftablesCheck({ nftables, iptablesVersion }: MachineFacts): Check {
  const detail = iptablesVersion ?? 'iptables is not installed';
  if (nftables === true) return { name: 'nftables', state: 'ok', detail };
  if (nftables === undefined) {
    return {
      name: 'nftables',
      state: 'warning',
      detail: `${detail}; only root can try`,
      fix: 'sudo ./roadstead doctor',
    };
  }
  return {
    name: 'nftables',
    state: 'warning',
    detail: `${detail}; the kernel refuses nf_tables: security groups cannot be enforced, so this machine runs no awsvpc task`,
    fix: 'modprobe nf_tables, or use a kernel that has it',
  };
}

function vxlanCheck({ vxlan }: MachineFacts): Check {
  if (vxlan === true) return { name: 'vxlan', state: 'ok', detail: 'tasks on several hosts can share a subnet' };
  if (vxlan === undefined) {
    return { name: 'vxlan', state: 'warning', detail: 'only root can try', fix: 'sudo ./roadstead doctor' };
  }
  return {
    name: 'vxlan',
    state: 'warning',
    detail: 'the kernel refuses VXLAN devices: one host works, several cannot share a subnet',
    fix: 'modprobe vxlan, or use a kernel that has it',
  };
}

function netemCheck({ netem }: MachineFacts): Check {
  const name = 'fault injection';
  if (netem === true) return { name, state: 'ok', detail: 'tasks that may can make their network worse' };
  if (netem === undefined) {
    return { name, state: 'warning', detail: 'only root can try', fix: 'sudo ./roadstead doctor' };
  }
  return {
    name,
    state: 'warning',
    detail: 'the kernel refuses netem queues: tasks with enableFaultInjection find no host here',
    fix: 'modprobe sch_netem, or use a kernel that has it; tc is in the package iproute2',
  };
}

function portCheck({ port }: MachineFacts): Check {
  switch (port.state) {
    case 'free':
      return { name: 'port', state: 'ok', detail: `${port.number} is free` };
    case 'ours':
      return { name: 'port', state: 'ok', detail: `${port.number}: Roadstead answers` };
    case 'taken':
      return {
        name: 'port',
        state: 'failed',
        detail: `${port.number} is in use by another program`,
        fix: `roadstead up --port ${port.number + 34}, or find the program: ss -ltnp 'sport = :${port.number}'`,
      };
    default:
      return unreachable(port.state);
  }
}

function diskCheck({ freeBytes, dataDir }: MachineFacts): Check {
  if (freeBytes === undefined) {
    return { name: 'disk', state: 'warning', detail: `cannot tell for ${dataDir}`, fix: 'look with df' };
  }
  const detail = `${sizeText(freeBytes)} free for ${dataDir}`;
  if (freeBytes >= leastFreeBytes) return { name: 'disk', state: 'ok', detail };
  return { name: 'disk', state: 'warning', detail, fix: 'free some, or choose another place with --data-dir' };
}

function clockCheck({ now, engineNow }: MachineFacts): Check {
  const skewSeconds = engineNow === undefined ? 0 : Math.abs(engineNow - now);
  if (now >= plausibleNow && skewSeconds <= greatestSkewSeconds) {
    const detail =
      engineNow === undefined ? 'plausible' : `agrees with the engine's (${skewSeconds.toFixed(0)} s apart)`;
    return { name: 'clock', state: 'ok', detail };
  }
  const detail = now < plausibleNow ? 'the clock was never set' : `${skewSeconds.toFixed(0)} s apart from the engine's`;
  return { name: 'clock', state: 'failed', detail, fix: 'set it: timedatectl set-ntp true' };
}

function awsCheck({ commands, awsVersion }: MachineFacts): Check {
  const path = commands['aws'];
  if (path !== undefined) {
    const version = /^aws-cli\/(\d+)\.(\d+)\.\d+/.exec(awsVersion ?? '');
    const [major = 0, minor = 0] = (version ?? []).slice(1).map(Number);
    const oldestMinor = oldestAwsMinors.get(major);
    if (oldestMinor === undefined || minor >= oldestMinor) return { name: 'aws CLI', state: 'ok', detail: path };
    return {
      name: 'aws CLI',
      state: 'warning',
      detail: `${version?.[0] ?? path} does not read AWS_ENDPOINT_URL: its commands would go to AWS`,
      fix: `a newer one (2.13, 1.29), or: alias aws='aws --endpoint-url "$AWS_ENDPOINT_URL"'`,
    };
  }
  return {
    name: 'aws CLI',
    state: 'warning',
    detail: 'not found; Roadstead runs without it',
    fix: 'apt-get install awscli',
  };
}

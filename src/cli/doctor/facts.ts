import { Fault } from '#base';
import { engineFailure, readEngineFacts } from '../engine/engine-facts.ts';
import { readHealth } from '../health.ts';
import type { Invocation } from '../invocation.ts';
import { defaultHost, serverUrl } from '../serving.ts';
import type { MachineFacts } from './checks.ts';
import { readStorageFacts } from './storage.ts';

/** The name of the device made to try VXLAN; it exists for a moment. */
const probeDevice = 'rsdoctor0';
const probeTable = 'roadstead_doctor';

/** Looks at the machine. Changes nothing, but as root tries a VXLAN device, an nftables table and a mount for a moment. */
export async function readMachineFacts({ deps, common }: Invocation, port: number): Promise<MachineFacts> {
  const { machine, processes, files } = deps;
  const names = ['ip', 'iptables', 'nsenter', 'nft', 'unshare', 'tc', 'aws', 'haproxy', 'conntrack'];
  const found = await Promise.all(names.map((name) => processes.which(name)));
  const commands = Object.fromEntries(names.map((name, i) => [name, found[i]]));
  const root = machine.userId === 0;
  const [engine, cgroup, iptablesVersion, awsVersion, nftables, vxlan, netem, portState, freeBytes] = await Promise.all(
    [
      readEngine(deps),
      readCgroup(deps),
      firstLine(deps, commands['iptables'], ['--version']),
      firstLine(deps, commands['aws'], ['--version']),
      root ? tryNftables(deps, commands) : undefined,
      root ? tryVxlan(deps, commands['ip']) : undefined,
      root ? tryNetem(deps, commands) : undefined,
      readPort(deps, port),
      files.freeBytes(common.paths.dataDir),
    ],
  );
  return {
    platform: `${machine.platform} ${machine.architecture}`,
    nodeVersion: machine.nodeVersion,
    root,
    engine,
    cgroup,
    commands,
    iptablesVersion,
    awsVersion,
    nftables,
    vxlan,
    netem,
    storage: await readStorageFacts(deps, { root, engine: 'problem' in engine ? undefined : engine.storage }),
    port: { number: port, state: portState },
    dataDir: common.paths.dataDir,
    freeBytes,
    now: deps.clock.now(),
    engineNow: 'problem' in engine ? undefined : epochSeconds(engine.systemTime),
  };
}

type Deps = Invocation['deps'];

async function readEngine({ engine }: Deps): Promise<MachineFacts['engine']> {
  try {
    return await readEngineFacts(engine);
  } catch (error) {
    const failure = engineFailure(engine, error);
    const problem = error instanceof Fault ? error.message : failure.message;
    return { problem, fix: failure.next?.split('\n').join(' ') ?? '' };
  }
}

async function readCgroup({ files }: Deps): Promise<MachineFacts['cgroup']> {
  const unified = await files.read('/sys/fs/cgroup/cgroup.controllers');
  if (unified !== undefined) return { version: 2, controllers: unified.trim().split(/\s+/) };
  const controllers: string[] = [];
  for (const name of ['cpu', 'memory', 'pids']) {
    if (await files.exists(`/sys/fs/cgroup/${name}/cgroup.procs`)) controllers.push(name);
  }
  return controllers.length === 0 ? undefined : { version: 1, controllers };
}

async function firstLine(
  { processes }: Deps,
  command: string | undefined,
  args: readonly string[],
): Promise<string | undefined> {
  if (command === undefined) return undefined;
  const { code, stdout } = await processes.run(command, args);
  return code === 0 ? stdout.split('\n')[0] : undefined;
}

/** Through `nft` where it is; else by asking iptables, whose nf_tables flavour needs the same kernel support. */
async function tryNftables(
  { processes }: Deps,
  commands: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const { nft, iptables } = commands;
  if (nft !== undefined) {
    const added = await processes.run(nft, ['add', 'table', 'inet', probeTable]);
    if (added.code !== 0) return false;
    await processes.run(nft, ['delete', 'table', 'inet', probeTable]);
    return true;
  }
  if (iptables === undefined) return false;
  const version = await processes.run(iptables, ['--version']);
  if (!version.stdout.includes('nf_tables')) return false;
  return (await processes.run(iptables, ['-w', '-S', 'FORWARD'])).code === 0;
}

async function tryVxlan({ processes }: Deps, ip: string | undefined): Promise<boolean> {
  if (ip === undefined) return false;
  const added = await processes.run(ip, ['link', 'add', probeDevice, 'type', 'vxlan', 'id', '1', 'dstport', '0']);
  if (added.code !== 0) return false;
  await processes.run(ip, ['link', 'del', probeDevice]);
  return true;
}

/** In a network namespace of its own, so that nothing of this machine's is touched. */
async function tryNetem(
  { processes }: Deps,
  { unshare, tc }: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (unshare === undefined || tc === undefined) return false;
  const queue = ['--net', tc, 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms'];
  return (await processes.run(unshare, queue)).code === 0;
}

async function readPort({ http, signal }: Deps, port: number): Promise<MachineFacts['port']['state']> {
  if (await http.canListen(defaultHost, port)) return 'free';
  const health = await readHealth(http, serverUrl({ host: defaultHost, port }), signal);
  return health === undefined ? 'taken' : 'ours';
}

/** Whole seconds suffice, so the fraction and its many digits are left out. */
function epochSeconds(rfc3339: string): number | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(rfc3339);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const zone = match[7] ?? 'Z';
  const offsetMinutes =
    zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)));
  return daysFromCivil(year, month, day) * 86_400 + hour * 3600 + (minute - offsetMinutes) * 60 + second;
}

/** Days since 1970-01-01 in the Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

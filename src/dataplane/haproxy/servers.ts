/** A target as HAProxy knows it. */
export interface RenderedServer {
  readonly name: string;
  /** `10.0.0.5:80`. */
  readonly address: string;
  /** It gets requests. */
  readonly enabled: boolean;
  /** Instead of its backend's. */
  readonly options?: string;
}

export interface RenderedBackend {
  readonly name: string;
  readonly lines: readonly string[];
  /** What stands behind the address of each server, in the file and at the runtime socket alike. */
  readonly serverOptions: string;
  readonly servers: readonly RenderedServer[];
}

export function serverLine({ name, address, enabled, options: own }: RenderedServer, options: string): string {
  return `server ${name} ${address} ${own ?? options}${enabled ? '' : ' disabled'}`;
}

/** The servers of a running HAProxy: by backend and name, whether they get traffic. */
export type RunningServers = Map<string, Map<string, boolean>>;

/** Maintenance by command, by another server, or because its name was not found. */
const maintenanceBits = 0x01 | 0x02 | 0x20;

/** Reads the answer to `show servers state`. Columns by HAProxy's management guide. */
export function readServers(answer: string): RunningServers {
  const servers: RunningServers = new Map();
  for (const line of answer.split('\n')) {
    const [, backend = '', , name = '', , , admin = ''] = line.split(' ');
    if (!/^\d/.test(line) || name === '') continue;
    const ofBackend = servers.get(backend) ?? new Map<string, boolean>();
    servers.set(backend, ofBackend.set(name, (Number(admin) & maintenanceBits) === 0));
  }
  return servers;
}

export interface ServerChanges {
  /** Make servers and change their states. */
  readonly commands: readonly string[];
  /** Servers to be forgotten, as `backend/name`: only once nothing of theirs is open. */
  readonly removals: readonly string[];
}

/** What makes the running servers those that are wanted. Backends that are not running are left out: a reload brings them. */
export function serverChanges(running: RunningServers, wanted: readonly RenderedBackend[]): ServerChanges {
  const commands: string[] = [];
  const removals: string[] = [];
  for (const { name: backend, servers, serverOptions } of wanted) {
    const there = running.get(backend) ?? new Map<string, boolean>();
    for (const server of servers)
      commands.push(...changesOf(server, `${backend}/${server.name}`, there, serverOptions));
    const names = new Set(servers.map(({ name }) => name));
    for (const [name, enabled] of there) {
      if (names.has(name)) continue;
      const path = `${backend}/${name}`;
      if (enabled) commands.push(`set server ${path} state maint`);
      removals.push(path);
    }
  }
  return { commands, removals };
}

function changesOf(
  { name, address, enabled, options: own }: RenderedServer,
  path: string,
  there: ReadonlyMap<string, boolean>,
  options: string,
): readonly string[] {
  const was = there.get(name);
  if (was === enabled) return [];
  const state = `set server ${path} state ${enabled ? 'ready' : 'maint'}`;
  if (was !== undefined) return [state];
  const words = own ?? options;
  // A new one waits in maintenance until it is told, and so do its checks.
  const health = words.split(' ').includes('check') ? [`enable health ${path}`] : [];
  return [`add server ${path} ${address} ${words}`, ...health, ...(enabled ? [state] : [])];
}

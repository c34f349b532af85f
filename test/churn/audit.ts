/** A container that somebody says is there. */
export interface ContainerSeen {
  readonly taskArn: string;
  readonly name: string;
  readonly running: boolean;
  /** Absent where it is not known, as of the holder of a task's namespaces. */
  readonly id?: string;
}

/** A task that has not stopped, as the API tells of it. */
export interface ToldTask {
  readonly taskArn: string;
  readonly lastStatus: string;
  readonly desiredStatus: string;
  /** Whose agent has it. */
  readonly host: 'fargate' | 'ec2';
  readonly containers: readonly ContainerSeen[];
  /** A namespace is held for it: it has an interface, or containers that see each other's processes. */
  readonly hasHolder: boolean;
  /** Of its interface. */
  readonly address?: string;
  /** It has a control group of its own. */
  readonly limited: boolean;
  /** How many volumes are its alone. */
  readonly volumes: number;
}

export interface ToldService {
  readonly serviceName: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  /** The answers that acknowledged its count since, oldest first; the last or a later one that got no answer holds. */
  readonly acceptable: readonly number[];
}

/** What the API says there is. */
export interface Told {
  readonly tasks: readonly ToldTask[];
  readonly services: readonly ToldService[];
  /** Hosts with an agent. */
  readonly connected: number;
  /** Records of network interfaces: each holds an address. */
  readonly interfaces: number;
  /** Work of the control plane's loops that met a defect. */
  readonly failures: number;
}

/** What there is. */
export interface Found {
  readonly containers: readonly ContainerSeen[];
  /** Holders of namespaces that wait for a task. */
  readonly spares: readonly { readonly id: string; readonly running: boolean }[];
  /** Processes that keep a container each: its id, and what it runs. */
  readonly shims: readonly { readonly id: string; readonly runs: string }[];
  /** Names of the devices of tasks on the host's side. */
  readonly devices: readonly string[];
  readonly routes: readonly { readonly address: string; readonly device: string }[];
  /** `taskArn` of those that are one task's alone. */
  readonly volumes: readonly { readonly name: string; readonly taskArn?: string }[];
  /** Ids of tasks that have a control group, of those that ever were. */
  readonly cgroups: readonly string[];
  /** Ids of tasks that an agent keeps on its disk. */
  readonly kept: Readonly<Record<'fargate' | 'ec2', readonly string[]>>;
}

/** The name of the container that holds a task's namespaces. */
export const holderName = '~internal~ecs~pause';

export interface AuditOptions {
  /** Volumes that outlive tasks. */
  readonly sharedVolumes: readonly string[];
  readonly hosts: number;
  /** How many holders may wait for tasks, on all hosts. */
  readonly mostSpares: number;
}

/** Where what is told and what is found differ, a sentence each; none when all is steady and nothing is left over. */
export function differences(told: Told, found: Found, options: AuditOptions): string[] {
  const running = told.tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  return [
    ...(told.connected === options.hosts ? [] : [`${told.connected} of ${options.hosts} agents are connected`]),
    ...(told.failures === 0 ? [] : [`${told.failures} reconciles met a defect`]),
    ...told.tasks.flatMap(unsettled),
    ...told.services.flatMap(unsteady),
    ...containerDifferences(running, found),
    ...networkDifferences(told, running, found),
    ...spareDifferences(found, options),
    ...volumeDifferences(running, found, options.sharedVolumes),
    ...compared(
      'control group',
      running.filter(({ limited }) => limited).map(({ taskArn }) => idOf(taskArn)),
      found.cgroups,
    ),
    ...(['fargate', 'ec2'] as const).flatMap((host) =>
      compared(
        `file of the ${host} agent's`,
        running.filter((task) => task.host === host).map(({ taskArn }) => idOf(taskArn)),
        found.kept[host],
      ),
    ),
  ];
}

export function idOf(taskArn: string): string {
  return taskArn.split('/').at(-1) ?? '';
}

function unsettled({ taskArn, lastStatus, desiredStatus }: ToldTask): string[] {
  if (lastStatus === 'RUNNING' && desiredStatus === 'RUNNING') return [];
  return [`task ${idOf(taskArn)} is ${lastStatus} and shall be ${desiredStatus}`];
}

function unsteady({ serviceName, desiredCount, runningCount, pendingCount, acceptable }: ToldService): string[] {
  const problems: string[] = [];
  if (runningCount !== desiredCount || pendingCount !== 0) {
    problems.push(`service ${serviceName} wants ${desiredCount}: ${runningCount} run, ${pendingCount} are pending`);
  }
  if (!acceptable.includes(desiredCount)) {
    problems.push(`service ${serviceName} wants ${desiredCount}, where ${acceptable.join(' or ')} was acknowledged`);
  }
  return problems;
}

function containerDifferences(running: readonly ToldTask[], found: Found): string[] {
  const holders: readonly ContainerSeen[] = running
    .filter(({ hasHolder }) => hasHolder)
    .map(({ taskArn }) => ({ taskArn, name: holderName, running: true }));
  const expected = [...running.flatMap(({ containers }) => containers), ...holders];
  const keyOf = ({ taskArn, name, running: runs }: ContainerSeen): string =>
    `${name} of ${idOf(taskArn)}, ${runs ? 'running' : 'ended'}`;
  const ids = new Map(found.containers.map((each) => [keyOf(each), each.id]));
  const others = expected.filter((each) => each.id !== undefined && (ids.get(keyOf(each)) ?? each.id) !== each.id);
  const alive = found.containers.flatMap((each) => (each.running ? (each.id ?? []) : []));
  const shimOf = (id: string): string =>
    `${id.slice(0, 12)} ${found.shims.find((shim) => shim.id === id)?.runs ?? ''}`.trim();
  return [
    ...compared('container', expected.map(keyOf), found.containers.map(keyOf)),
    ...others.map((each) => `container ${keyOf(each)} is another one than is told`),
    ...compared(
      'process of container',
      alive.map(shimOf),
      found.shims.map(({ id }) => shimOf(id)),
    ),
  ];
}

function spareDifferences({ spares }: Found, { mostSpares }: AuditOptions): string[] {
  const ended = spares
    .filter(({ running }) => !running)
    .map(({ id }) => `spare ${id.slice(0, 12)} has ended and is there`);
  return spares.length <= mostSpares ? ended : [...ended, `${spares.length} spares wait, at most ${mostSpares} should`];
}

function networkDifferences(told: Told, running: readonly ToldTask[], found: Found): string[] {
  const addresses = running.flatMap(({ address }) => address ?? []);
  const held = told.tasks.filter(({ address }) => address !== undefined).length;
  return [
    ...compared(
      'route to',
      addresses,
      found.routes.map(({ address }) => address),
    ),
    ...compared(
      'device',
      found.routes.map(({ device }) => device),
      found.devices,
    ),
    ...(told.interfaces === held ? [] : [`${told.interfaces} addresses are held, ${held} tasks have one`]),
  ];
}

function volumeDifferences(running: readonly ToldTask[], found: Found, shared: readonly string[]): string[] {
  const expected = running.flatMap(({ taskArn, volumes }) => Array.from({ length: volumes }, () => idOf(taskArn)));
  const own = found.volumes.flatMap(({ taskArn }) => (taskArn === undefined ? [] : [idOf(taskArn)]));
  const nobodys = found.volumes.filter(({ name, taskArn }) => taskArn === undefined && !shared.includes(name));
  return [
    ...compared('volume of', expected, own),
    ...nobodys.map(({ name }) => `volume ${name} is there and is nobody's`),
  ];
}

/** Each thing is there exactly as often as it is to be. */
function compared(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
  for (const each of expected) counts.set(each, (counts.get(each) ?? 0) - 1);
  return [...counts].flatMap(([each, surplus]) => {
    if (surplus === 0) return [];
    return [surplus > 0 ? `${what} ${each} is there and should not be` : `${what} ${each} is missing`];
  });
}

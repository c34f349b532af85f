import { type ChildProcess, spawn } from 'node:child_process';
import { type Host, Hosts } from '../test/support/hosts.ts';
import { type Answer, engine, testImage } from '../test/support/installation.ts';
import { namespaceOf, type Place } from '../test/support/probes.ts';
import { against, type Benchmark, median, type Row } from './benchmark.ts';

const rounds = 7;
const port = 81;

/**
 * Three hosts: how long after an API call the kernels of the other two do what it says, and how long after a task's start
 * another host reaches it. A knock every 10 ms tells. Needs root and a Docker
 * Engine's programs.
 */
export const benchmark: Benchmark = { name: 'convergence', run };

async function run(): Promise<Row[]> {
  await using world = await World.start();
  const allowed: number[] = [];
  const refused: number[] = [];
  const reached: number[] = [];
  const far = await Promise.all([1, 2].map((at) => world.task(at, 'web')));
  using knocks = new Knocks(world.client, port);
  for (const { address } of far) knocks.at(address);
  for (let round = 0; round < rounds; round++) {
    const from = Date.now();
    await world.rule('AuthorizeSecurityGroupIngress');
    await world.until(() => far.every(({ address }) => knocks.since(address, from).length > 0));
    allowed.push(Math.max(...far.map(({ address }) => knocks.since(address, from)[0] ?? Number.NaN)) - from);

    const closed = Date.now();
    await world.rule('RevokeSecurityGroupIngress');
    await world.until(() => far.every(({ address }) => Date.now() - (knocks.since(address, 0).at(-1) ?? 0) > 1_500));
    refused.push(Math.max(closed, ...far.map(({ address }) => knocks.since(address, closed).at(-1) ?? 0)) - closed);
  }
  await world.rule('AuthorizeSecurityGroupIngress');
  for (let round = 0; round < rounds; round++) {
    const { address, startedAtMs } = await world.task(2, 'web', (soon) => knocks.at(soon));
    await world.until(() => knocks.since(address, 0).length > 0);
    reached.push(Math.max(0, (knocks.since(address, 0)[0] ?? Number.NaN) - startedAtMs));
  }
  return [
    ...both('a group’s new rule holds on every host, from the call on', allowed),
    ...both('a revoked rule holds nowhere any more, from the call on', refused),
    ...both('a task answers another host, from its container’s start on', reached),
  ];
}

function both(what: string, values: readonly number[]): Row[] {
  return [
    against(`${what}: median`, 'ms', median(values), undefined),
    against(`${what}: longest`, 'ms', Math.max(...values), undefined),
  ];
}

interface Started {
  readonly address: string;
  readonly startedAtMs: number;
}

class World implements AsyncDisposable {
  readonly #hosts: Hosts;
  readonly #groups: Readonly<Record<string, string>>;
  readonly #subnetId: string;
  client: Place = { namespace: '' };

  private constructor(hosts: Hosts, groups: Readonly<Record<string, string>>, subnetId: string) {
    this.#hosts = hosts;
    this.#groups = groups;
    this.#subnetId = subnetId;
  }

  static async start(): Promise<World> {
    const hosts = await Hosts.start();
    try {
      const { installation } = hosts;
      const { Subnets } = await installation.ec2('DescribeSubnets');
      const { VpcId, SubnetId } = Subnets[0];
      const groups: Record<string, string> = {};
      for (const name of ['client', 'web']) {
        const created = await installation.ec2('CreateSecurityGroup', { GroupName: name, Description: name, VpcId });
        groups[name] = created.GroupId;
      }
      await installation.call('RegisterTaskDefinition', {
        family: 'idle',
        networkMode: 'awsvpc',
        cpu: '128',
        memory: '64',
        containerDefinitions: [{ name: 'main', image: testImage, command: ['sleep', '3600'], stopTimeout: 2 }],
      });
      const world = new World(hosts, groups, SubnetId);
      const client = await world.#start(0, 'client');
      world.client = { namespace: await namespaceOf(hosts.host(0), client.taskArn) };
      return world;
    } catch (error) {
      await hosts[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A task on a host; `known` is called with its address as soon as there is one. */
  async task(at: number, group: string, known?: (address: string) => void): Promise<Started> {
    const { taskArn, address } = await this.#start(at, group, known);
    return { address, startedAtMs: await startedAt(this.#hosts.host(at), taskArn) };
  }

  async rule(operation: string): Promise<void> {
    const UserIdGroupPairs = [{ GroupId: this.#groups['client'] }];
    await this.#hosts.installation.ec2(operation, {
      GroupId: this.#groups['web'],
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs }],
    });
  }

  async until(condition: () => boolean): Promise<void> {
    await this.#hosts.installation.until('the packets say so', async () => condition(), 20_000);
  }

  async #start(at: number, group: string, known?: (address: string) => void) {
    const { installation } = this.#hosts;
    const { tasks, failures } = await installation.call('StartTask', {
      cluster: 'default',
      taskDefinition: 'idle',
      containerInstances: [this.#hosts.host(at).containerInstanceArn],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: [this.#subnetId], securityGroups: [this.#groups[group]] },
      },
    });
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    const { taskArn } = tasks[0];
    const address = await installation.until('it has an address', async () => {
      const described = await installation.call('DescribeTasks', { cluster: 'default', tasks: [taskArn] });
      return addressOf(described.tasks[0]);
    });
    known?.(address);
    await installation.reaches(taskArn, 'RUNNING');
    return { taskArn: taskArn as string, address };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hosts[Symbol.asyncDispose]();
  }
}

function addressOf(task: Answer): string | undefined {
  return task.attachments[0]?.details.find(({ name }: Answer) => name === 'privateIPv4Address')?.value;
}

/** When the engine started the task's own container. */
async function startedAt(host: Host, taskArn: string): Promise<number> {
  const runtime = engine(host.engine.dockerHost);
  try {
    const containers = await runtime.listContainers([`com.amazonaws.ecs.task-arn=${taskArn}`]);
    const facts = await Promise.all(containers.map(({ id }) => runtime.inspectContainer(id)));
    return Math.max(...facts.map((each) => each?.startedAtMs ?? 0));
  } finally {
    runtime.close();
  }
}

/** Knocks from a place on a port of some addresses every 10 ms, and when an answer came: a refusal is one. */
class Knocks implements Disposable {
  readonly #child: ChildProcess;
  readonly #answers = new Map<string, number[]>();

  constructor({ namespace }: Place, at: number) {
    this.#child = spawn('nsenter', [`--net=${namespace}`, process.execPath, '-e', knocking, String(at)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let rest = '';
    this.#child.stdout?.on('data', (data: Buffer) => {
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const [address = '', time] of lines.map((line) => line.split(' '))) {
        this.#answers.set(address, [...(this.#answers.get(address) ?? []), Number(time)]);
      }
    });
  }

  at(address: string): void {
    this.#child.stdin?.write(`${address}\n`);
  }

  /** When answers came, in milliseconds since the epoch. */
  since(address: string, ms: number): readonly number[] {
    return (this.#answers.get(address) ?? []).filter((time) => time >= ms);
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

const knocking = `
const net = require('node:net');
const addresses = new Set();
process.stdin.on('data', (data) => String(data).split('\\n').filter(Boolean).forEach((each) => addresses.add(each)));
setInterval(() => {
  for (const host of addresses) {
    const socket = net.connect({ host, port: Number(process.argv[1]), timeout: 900 });
    const answered = () => { console.log(host + ' ' + Date.now()); socket.destroy(); };
    socket.on('connect', answered).on('timeout', () => socket.destroy());
    socket.on('error', (error) => error.code === 'ECONNREFUSED' && answered());
  }
}, 10);
`;

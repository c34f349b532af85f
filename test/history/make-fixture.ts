import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ids, silentLogger } from '#base';
import { defaultAccountId, type Region, rootArn, type Task, type TaskStatus } from '#model';
import { openStore, SqliteJournal, schema } from '#store';
import { type ControlPlane, startControlPlane } from '../../src/main/control-plane.ts';
import { SystemRandom } from '../../src/main/system.ts';
import { SystemClock } from '../../src/main/system-clock.ts';
import { SimulatedAgent } from '../support/simulated-agent.ts';
import { loopback } from '../support/simulated-agent-loopback.ts';
import { contentLines } from './content.ts';

/**
 * `node test/history/make-fixture.ts VERSION`: lets the real control plane fill every table of a data directory, and
 * commits what a killed process would leave: a snapshot, batches after it, and a write-ahead log. Run it once for each
 * release, from that release's own code; a fixture is never made again.
 */
const region = 'us-east-1' as Region;
const principal = { type: 'root' as const, accountId: defaultAccountId, arn: rootArn(defaultAccountId) };
const clock = new SystemClock();
const random = new SystemRandom();

// oxlint-disable-next-line typescript/no-explicit-any -- answers are read member by member
type Answer = any;

/** One process over the directory, with two hosts that live as long as it. */
class Life implements AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly #agents: readonly SimulatedAgent[];

  constructor(controlPlane: ControlPlane) {
    this.controlPlane = controlPlane;
    this.#agents = ['a', 'b'].map(
      (zone) =>
        new SimulatedAgent(
          { cluster: 'history', cpuUnits: 4096, memoryMiB: 8192, availabilityZone: `${region}${zone}` },
          {
            clock,
            random,
            call: (operation, input) => this.call(operation, input),
            connect: loopback({ principal }, { clock, dispatcher: () => controlPlane.dispatcher }),
          },
        ),
    );
    for (const agent of this.#agents) agent.start();
  }

  async call(operation: string, input: object = {}, service = 'ecs'): Promise<Answer> {
    const { api } = this.controlPlane;
    const requestId = new Ids(random).uuid();
    return api.call({ service, operation, input, principal, region, requestId, endpoint: 'http://fixture' });
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  tasks(status: TaskStatus): readonly Task[] {
    return [...this.controlPlane.store.view.tasks.all()].filter((task) => task.lastStatus === status);
  }

  connectedHosts(): number {
    return [...this.controlPlane.store.view.containerInstances.all()].filter((host) => host.agentConnected).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents) agent.crash();
    await this.controlPlane[Symbol.asyncDispose]();
  }
}

async function startLife(directory: string): Promise<Life> {
  const journal = new SqliteJournal({ directory });
  const options = { version: 'history', region, masterKey: new Uint8Array(32).fill(1) };
  return new Life(await startControlPlane(options, { journal, clock, random, logger: silentLogger }));
}

async function firstLife(directory: string): Promise<void> {
  await using life = await startLife(directory);
  await life.call('CreateCluster', { clusterName: 'history', tags: [{ key: 'kept', value: 'for ever' }] });
  await life.until(() => life.connectedHosts() === 2);
  await life.call('PutAccountSetting', { name: 'containerInsights', value: 'enabled' });
  await life.call('RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      { name: 'app', image: 'app:1', portMappings: [{ containerPort: 80 }] },
      { name: 'sidecar', image: 'sidecar:1', essential: false, environment: [{ name: 'GREETING', value: 'héllo' }] },
    ],
  });
  await life.call('RegisterTaskDefinition', {
    family: 'job',
    containerDefinitions: [{ name: 'job', image: 'job:1', memory: 64, portMappings: [{ containerPort: 80 }] }],
  });
  await life.call('RegisterDaemonTaskDefinition', {
    family: 'logs',
    containerDefinitions: [{ name: 'logs', image: 'logs:1', memory: 64 }],
  });
  const { subnets } = await life.call('DescribeNetwork', {}, 'roadstead');
  await life.call('CreateService', {
    cluster: 'history',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 4,
    enableECSManagedTags: true,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: subnets.map(({ subnetId }: { subnetId: string }) => subnetId) },
    },
  });
  await life.call('RunTask', { cluster: 'history', taskDefinition: 'job', count: 3, clientToken: 'once' });
  await life.until(() => life.tasks('RUNNING').length === 7);
  const job = life.tasks('RUNNING').find((task) => task.group === 'family:job');
  await life.call('StopTask', { cluster: 'history', task: job?.taskArn, reason: 'for the history' });
  await life.until(() => life.tasks('STOPPED').length === 1);
}

/** The smallest limit makes the next update start a snapshot, which closing waits for. */
async function snapshot(directory: string): Promise<void> {
  const limits = { snapshotAfterBytes: 1 };
  const store = await openStore(schema, { journal: new SqliteJournal({ directory }), logger: silentLogger, limits });
  const account = [...store.view.accounts.all()][0];
  if (account !== undefined) await store.update('bootstrap', (tx) => tx.accounts.put({ ...account }));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await store.close();
}

async function lastLife(directory: string, fixture: string): Promise<void> {
  await using life = await startLife(directory);
  const { store } = life.controlPlane;
  await life.until(() => life.connectedHosts() === 2);
  const job = life.tasks('RUNNING').find((task) => task.group === 'family:job');
  await life.call('TagResource', { resourceArn: job?.taskArn, tags: [{ key: 'late', value: 'comer' }] });
  await life.call('StopTask', { cluster: 'history', task: job?.taskArn, reason: 'its host is away' });
  await life.call('UpdateService', { cluster: 'history', service: 'web', desiredCount: 3 });
  await life.call('CreateCluster', { clusterName: 'deleted' });
  await life.call('DeleteCluster', { cluster: 'deleted' });
  await life.until(() => life.tasks('STOPPING').length === 2);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await store.read(() => undefined);
  for (const file of ['store.sqlite', 'store.sqlite-wal']) copyFileSync(join(directory, file), join(fixture, file));
  writeFileSync(join(fixture, 'content.jsonl'), contentLines(store.view));
}

const fixture = join(import.meta.dirname, process.argv[2] ?? 'unnamed');
if (existsSync(fixture)) throw new Error(`${fixture} is there already: a fixture is never made again`);
const directory = mkdtempSync(join(tmpdir(), 'roadstead-history-'));
mkdirSync(fixture);
await firstLife(directory);
await snapshot(directory);
await lastLife(directory, fixture);
rmSync(directory, { recursive: true });

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerRuntime } from '#agent';
import { integerBelow, SeededRandom } from '#base';
import { installationPaths } from '../../src/cli/installation.ts';
import {
  type Answer,
  engine as dockerOf,
  endProcess,
  ensureTestImage,
  type Installation,
  newInstallation,
} from '../support/installation.ts';
import { PrivateEngine } from '../support/private-engine.ts';
import { parsePrometheus } from '../support/prometheus.ts';
import { differences, type Found, idOf, type Told, type ToldTask } from './audit.ts';
import { Crowd, cluster } from './crowd.ts';
import { sharedVolume } from './definitions.ts';
import { Histories, type TaskEvent } from './history.ts';
import { look } from './world.ts';

export interface ChurnOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly tasks: number;
  /** No further round is begun after this many seconds. */
  readonly budgetSeconds: number;
  /** How long the world may take to be as it is told once everything is back. */
  readonly patienceSeconds: number;
  /** Of every part, e.g. to plant a bug. */
  readonly env: Readonly<Record<string, string>>;
}

/** What was wrong at a look, and how many tasks there were. */
interface Audit {
  readonly problems: readonly string[];
  readonly tasks: number;
}

const victims = ['fargate agent', 'ec2 agent', 'engine', 'control plane'] as const;
type Victim = (typeof victims)[number];

/** Kills parts of an installation full of tasks, round after round; true when after each all was as it must be. */
export async function churn(options: ChurnOptions): Promise<boolean> {
  const run = new ChurnRun(options, await Setting.make(options.env));
  try {
    return await run.all();
  } finally {
    await run[Symbol.asyncDispose]();
  }
}

/** An engine, a control plane, and an agent each for Fargate and for EC2. */
class Setting {
  readonly engine: PrivateEngine;
  readonly installation: Installation;
  readonly runtime: DockerRuntime;

  private constructor(engine: PrivateEngine, installation: Installation) {
    this.engine = engine;
    this.installation = installation;
    this.runtime = dockerOf(engine.dockerHost);
  }

  static async make(env: ChurnOptions['env']): Promise<Setting> {
    const engine = new PrivateEngine({ bridge: true });
    await engine.start();
    await ensureTestImage(engine.dockerHost);
    const settings = { DOCKER_HOST: engine.dockerHost, ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: '1s' };
    const setting = new Setting(engine, await newInstallation({ ...settings, ...env }));
    await setting.up();
    const { installation } = setting;
    await installation.call('CreateCluster', { clusterName: cluster });
    await setting.joinEc2();
    const registered = { cluster, filter: 'agentConnected == true' };
    await installation.until('an instance', async () => {
      return (await installation.call('ListContainerInstances', registered)).containerInstanceArns.length === 1;
    });
    return setting;
  }

  async up(): Promise<void> {
    await this.installation.up('--events-kept', '100000');
  }

  ec2Pid = 0;

  async joinEc2(): Promise<void> {
    this.ec2Pid = await this.installation.startAgent(cluster);
  }

  get agents(): Readonly<Record<'fargate' | 'ec2', string>> {
    const { dataDir } = this.installation;
    return { fargate: installationPaths(dataDir).agent, ec2: installationPaths(`${dataDir}-ec2`).agent };
  }

  get logs(): readonly string[] {
    const { dataDir } = this.installation;
    const { serverLog, agentLog } = installationPaths(dataDir);
    return [serverLog, agentLog, `${dataDir}-ec2.log`];
  }
}

class ChurnRun implements AsyncDisposable {
  readonly #options: ChurnOptions;
  readonly #setting: Setting;
  readonly #random: SeededRandom;
  readonly #crowd: Crowd;
  readonly #histories = new Histories();
  readonly #engineKilled = new Set<number>();
  #eventsToken: string | undefined;

  constructor(options: ChurnOptions, setting: Setting) {
    this.#options = options;
    this.#setting = setting;
    this.#random = new SeededRandom(options.seed);
    const { installation } = setting;
    this.#crowd = new Crowd(
      { tasks: options.tasks, marksFolder: join(tmpdir(), 'marks') },
      { installation, random: this.#random },
    );
  }

  async all(): Promise<boolean> {
    await this.#crowd.settleIn();
    await this.#crowd.fill();
    if (!this.#isWhole(await this.#settled())) return false;
    const begun = performance.now();
    // Each part once before any is drawn again; several at a time where there are few rounds.
    const first = shuffled(victims, this.#random);
    const atATime = Math.ceil(victims.length / this.#options.rounds);
    for (let round = 0; round < this.#options.rounds; round++) {
      if ((performance.now() - begun) / 1000 > this.#options.budgetSeconds) break;
      const once = first.slice(round * atATime, (round + 1) * atATime);
      const settled = await this.#round(round, once.length === 0 ? this.#drawn() : once);
      if (!this.#isWhole(settled)) return false;
    }
    return await this.#emptied();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#setting.installation[Symbol.asyncDispose]();
    this.#setting.runtime.close();
    await this.#setting.engine[Symbol.asyncDispose]();
  }

  #drawn(): Victim[] {
    const count = [1, 1, 1, 1, 1, 1, 1, 2, 2, 4][integerBelow(this.#random, 10)] ?? 1;
    return shuffled(victims, this.#random).slice(0, count);
  }

  async #round(round: number, drawn: readonly Victim[]): Promise<Audit> {
    const seconds = stopwatch();
    await this.#crowd.fill();
    await this.#busy(round, 500 + integerBelow(this.#random, 2500));
    if (drawn.includes('engine')) this.#engineKilled.add(round);
    const liveRestore = integerBelow(this.#random, 2) === 1;
    const downMs = integerBelow(this.#random, 1500);
    for (const victim of drawn) await this.#kill(victim);
    await this.#busy(round, downMs);
    const back = new AbortController();
    const returning = this.#bringBack(drawn, liveRestore).finally(() => back.abort());
    // Looked at below: what fails meanwhile is not lost.
    returning.catch(() => {});
    while (!back.signal.aborted) await this.#busy(round, 200);
    await returning;
    await this.#busy(round, integerBelow(this.#random, 1000));
    const struck = seconds();
    const settled = await this.#settled();
    const how = drawn.includes('engine') && liveRestore ? ' (containers live on)' : '';
    console.log(
      `round ${round + 1}: killed ${drawn.join(', ')}${how}; ${struck} s of churn, steady ${seconds()} s after its begin: ` +
        `${settled.tasks} tasks, ${this.#crowd.startedCount} started by hand, ${this.#histories.eventCount} events`,
    );
    return settled;
  }

  /** Users at work for a while. */
  async #busy(round: number, forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    do {
      await this.#crowd.move(round);
      await pause(20 + integerBelow(this.#random, 120));
    } while (performance.now() < until);
  }

  async #kill(victim: Victim): Promise<void> {
    const { installation, engine } = this.#setting;
    if (victim === 'engine') await engine.end('SIGKILL');
    else if (victim === 'control plane') await endProcess(installation.pid('server'), 'SIGKILL');
    else if (victim === 'fargate agent') await endProcess(installation.pid('agent'), 'SIGKILL');
    else await endProcess(this.#setting.ec2Pid, 'SIGKILL');
  }

  /** As an operator and a supervisor of services would; the agent of the pool comes back by itself. */
  async #bringBack(killed: readonly Victim[], liveRestore: boolean): Promise<void> {
    const { engine } = this.#setting;
    engine.flags = liveRestore ? ['--live-restore'] : [];
    // `up` does not wait for ever for an engine that clears its dead containers away first.
    if (killed.includes('engine')) await engine.start();
    await Promise.all([
      killed.includes('control plane') ? this.#setting.up() : undefined,
      killed.includes('ec2 agent') ? this.#setting.joinEc2() : undefined,
    ]);
  }

  /** Waits until nothing differs any more; what still does when patience ends is wrong. */
  async #settled(): Promise<Audit> {
    const deadline = performance.now() + this.#options.patienceSeconds * 1000;
    for (;;) {
      const { problems, tasks } = await this.#audit();
      // No wait can mend these.
      const wrong = [...this.#histories.wrong, ...this.#crowd.refused];
      if (wrong.length > 0) return { problems: wrong, tasks };
      if (problems.length === 0 || performance.now() > deadline) return { problems, tasks };
      await pause(300);
    }
  }

  async #audit(): Promise<Audit> {
    const { engine, runtime, agents } = this.#setting;
    let told: Told;
    let found: Found;
    try {
      told = await this.#told();
      await this.#followEvents();
      const known = new Set(Array.from(this.#histories.tasks, ({ taskArn }) => idOf(taskArn)));
      found = await look({ dockerHost: engine.dockerHost, agents }, runtime, (id) => known.has(id));
    } catch (error) {
      return { problems: [`nobody answers: ${String(error)}`], tasks: 0 };
    }
    const tasks = told.tasks.length;
    const live = differences(told, found, { sharedVolumes: [sharedVolume], hosts: 2, mostSpares: 2 * 16 });
    if (live.length > 0) return { problems: live, tasks };
    const problems = [
      ...this.#histories.differences(new Set(told.tasks.map(({ taskArn }) => taskArn))),
      ...this.#crowd.problems(this.#histories, (round) => this.#engineKilled.has(round)),
      ...(await this.#silent()),
    ];
    return { problems, tasks };
  }

  async #told(): Promise<Told> {
    const { installation } = this.#setting;
    const described = await this.#describedTasks();
    const { services } = await installation.call('DescribeServices', { cluster, services: this.#crowd.serviceNames });
    const { hosts } = await installation.call('DescribePlatform', {}, 'roadstead');
    const scrape = parsePrometheus(await (await fetch(`${installation.url}/metrics`)).text());
    return {
      tasks: described.map((task) => this.#toldTask(task)),
      services: this.#crowd.services(services),
      connected: hosts.filter(({ agentConnected }: Answer) => agentConnected).length,
      interfaces: scrape.value('roadstead_store_records', { table: 'networkInterfaces' }),
      failures: scrape.total('roadstead_loop_failures_total', {}),
    };
  }

  /** All that have not stopped, whatever is wanted of them. */
  async #describedTasks(): Promise<Answer[]> {
    const { installation } = this.#setting;
    const found: Answer[] = [];
    for (const desiredStatus of ['RUNNING', 'STOPPED']) {
      let nextToken: string | undefined;
      do {
        const page = nextToken === undefined ? {} : { nextToken };
        const listed = await installation.call('ListTasks', { cluster, desiredStatus, ...page });
        nextToken = listed.nextToken;
        const open = listed.taskArns.filter((arn: string) => this.#histories.find(arn)?.lastStatus !== 'STOPPED');
        if (open.length === 0) continue;
        const { tasks } = await installation.call('DescribeTasks', { cluster, tasks: open });
        found.push(...tasks.filter(({ lastStatus }: Answer) => lastStatus !== 'STOPPED'));
      } while (nextToken !== undefined);
    }
    return found;
  }

  #toldTask(task: Answer): ToldTask {
    const { taskArn, lastStatus, desiredStatus, launchType, containers, attachments, taskDefinitionArn } = task;
    const name = taskDefinitionArn.split('/').at(-1).split(':')[0];
    const { hasHolder = false, limited = false, volumes = 0 } = this.#crowd.families.get(name) ?? {};
    const details: Answer[] = attachments.flatMap((each: Answer) => each.details);
    const address = details.find((each) => each.name === 'privateIPv4Address')?.value;
    return {
      taskArn,
      lastStatus,
      desiredStatus,
      host: launchType === 'FARGATE' ? 'fargate' : 'ec2',
      containers: containers.map((each: Answer) => ({
        taskArn,
        name: each.name,
        running: each.lastStatus === 'RUNNING',
        id: each.runtimeId,
      })),
      hasHolder,
      limited,
      volumes,
      ...(address === undefined ? {} : { address }),
    };
  }

  async #followEvents(): Promise<void> {
    for (;;) {
      const from = this.#eventsToken === undefined ? {} : { nextToken: this.#eventsToken };
      const { events, nextToken } = await this.#setting.installation.call('ListEvents', from, 'roadstead');
      for (const { detailType, detail } of events) {
        if (detailType === 'ECS Task State Change') this.#histories.take(taskEvent(JSON.parse(detail)));
      }
      this.#eventsToken = nextToken;
      if (events.length === 0) return;
    }
  }

  /** Servers that are said to run and do not answer where they are said to be. */
  async #silent(): Promise<string[]> {
    const servers = (await this.#describedTasks()).flatMap(({ taskArn, group, containers, attachments }) => {
      if (!group.startsWith('service:')) return [];
      const details: Answer[] = attachments.flatMap((each: Answer) => each.details);
      const address = details.find((each) => each.name === 'privateIPv4Address')?.value;
      const app = containers.find((each: Answer) => each.name === 'app');
      const place = address === undefined ? `127.0.0.1:${app?.networkBindings[0]?.hostPort}` : `${address}:8080`;
      return [{ taskArn, place }];
    });
    const asked = servers.map(async ({ taskArn, place }) => {
      try {
        const answer = await fetch(`http://${place}/`, { signal: AbortSignal.timeout(5_000) });
        await answer.arrayBuffer();
        return [];
      } catch (error) {
        return [`task ${idOf(taskArn)} does not answer at ${place}: ${String((error as Error).cause ?? error)}`];
      }
    });
    return (await Promise.all(asked)).flat();
  }

  /** `down --tasks` leaves nothing. */
  async #emptied(): Promise<boolean> {
    const { installation, engine, runtime, agents } = this.#setting;
    await installation[Symbol.asyncDispose]();
    const known = new Set(Array.from(this.#histories.tasks, ({ taskArn }) => idOf(taskArn)));
    const found = await look({ dockerHost: engine.dockerHost, agents }, runtime, (id) => known.has(id));
    const told: Told = { tasks: [], services: [], connected: 0, interfaces: 0, failures: 0 };
    const problems = differences(told, found, { sharedVolumes: [sharedVolume], hosts: 0, mostSpares: 0 });
    if (problems.length > 0) this.#tellFailure(problems.map((problem) => `after down --tasks: ${problem}`));
    return problems.length === 0;
  }

  #isWhole({ problems }: Audit): boolean {
    if (problems.length > 0) this.#tellFailure(problems);
    return problems.length === 0;
  }

  #tellFailure(problems: readonly string[]): void {
    const { installation, engine, logs } = this.#setting;
    console.log(`failed with --seed ${this.#options.seed}:`);
    for (const problem of problems.slice(0, 40)) console.log(`  ${problem}`);
    if (problems.length > 40) console.log(`  and ${problems.length - 40} more`);
    for (const log of logs) console.log(`--- ${log.replace(installation.dataDir, '')}\n${warnings(log)}`);
    console.log(`--- the engine\n${engine.log}`);
  }
}

function taskEvent({ taskArn, version, lastStatus, desiredStatus, startedBy, containers }: Answer): TaskEvent {
  const exitCode = containers.find((each: Answer) => each.name === 'app')?.exitCode;
  return { taskArn, version, lastStatus, desiredStatus, startedBy, exitCode };
}

/** The last of what a part said that is worse than information. */
function warnings(path: string): string {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines
      .filter((line) => !/"level":"?(10|20|30|info|debug)\b/.test(line))
      .slice(-25)
      .join('\n');
  } catch {
    return '';
  }
}

function shuffled<T>(all: readonly T[], random: SeededRandom): T[] {
  const left = [...all];
  return all.flatMap(() => left.splice(integerBelow(random, left.length), 1));
}

function stopwatch(): () => string {
  const begun = performance.now();
  return () => ((performance.now() - begun) / 1000).toFixed(1);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

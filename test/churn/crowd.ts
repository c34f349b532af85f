import { mkdirSync, readFileSync } from 'node:fs';
import { integerBelow, type Random } from '#base';
import { ApiError } from '#wire/aws';
import type { Answer, Installation } from '../support/installation.ts';
import { idOf, type Told } from './audit.ts';
import { type Family, families } from './definitions.ts';
import type { Histories } from './history.ts';

export const cluster = 'churn';

export interface CrowdOptions {
  /** Tasks at the same time, services' and others. */
  readonly tasks: number;
  readonly marksFolder: string;
}

/** A task that ends by itself. */
interface Job {
  readonly mark: string;
  readonly exitCode: number;
  /** Of the round in which it was started. */
  readonly round: number;
}

const serviceNames = ['front', 'inner', 'hull'] as const;
type ServiceName = (typeof serviceNames)[number];

/** How many tasks the services have at first; the rest are on their own. Two cores have room for eight of Fargate. */
function sharesOf(tasks: number): Readonly<Record<ServiceName, number>> {
  return { front: Math.min(5, Math.ceil(tasks / 10)), inner: Math.ceil(tasks / 4), hull: Math.ceil(tasks / 3.3) };
}

/** Users: they start tasks, stop them, change services, and remember what was acknowledged. */
export class Crowd {
  readonly families: ReadonlyMap<string, Family>;
  readonly #options: CrowdOptions;
  readonly #installation: Installation;
  readonly #random: Random;
  readonly #shares: Readonly<Record<ServiceName, number>>;
  readonly #started = new Set<string>();
  readonly #stopped = new Set<string>();
  readonly #jobs = new Map<string, Job>();
  readonly #counts = new Map<string, number[]>();
  readonly #refused: string[] = [];
  #network: object = {};
  #live: string[] = [];
  #moves = 0;
  #marks = 0;

  constructor(options: CrowdOptions, { installation, random }: { installation: Installation; random: Random }) {
    this.#options = options;
    this.#installation = installation;
    this.#random = random;
    this.#shares = sharesOf(options.tasks);
    this.families = new Map(families(options.marksFolder).map((each) => [each.family, each]));
  }

  async settleIn(): Promise<void> {
    mkdirSync(this.#options.marksFolder);
    const { subnets } = await this.#installation.call('DescribeNetwork', {}, 'roadstead');
    this.#network = {
      networkConfiguration: { awsvpcConfiguration: { subnets: subnets.map((each: Answer) => each.subnetId) } },
    };
    for (const { definition } of this.families.values())
      await this.#installation.call('RegisterTaskDefinition', definition);
    for (const serviceName of serviceNames) {
      const desiredCount = this.#shares[serviceName];
      this.#counts.set(serviceName, [desiredCount]);
      await this.#installation.call('CreateService', {
        cluster,
        serviceName,
        desiredCount,
        deploymentConfiguration: { minimumHealthyPercent: 40, maximumPercent: 120 },
        ...this.#placed(serviceName),
      });
    }
  }

  /** As many tasks of their own as fit, but for some room for those that come and go. */
  async fill(): Promise<void> {
    await this.#look();
    while (this.#live.length < this.#options.tasks - 8) await this.#start(0, 'watch');
  }

  /** One thing that a user does, if the control plane is there. */
  async move(round: number): Promise<void> {
    try {
      if (this.#moves++ % 8 === 0) await this.#look();
      const drawn = this.#below(100);
      if (drawn < 55) await this.#start(round);
      else if (drawn < 85) await this.#stop();
      else if (drawn < 97) await this.#scale();
      else await this.#deploy();
    } catch (error) {
      // What nobody answered is in doubt; a refusal is none of these users' fault.
      if (error instanceof ApiError && error.status < 500) this.#refused.push(`a call was refused: ${error.message}`);
    }
  }

  /** Of what was acknowledged: what is not so. `killed` says whether the engine was, in a round. */
  problems(histories: Histories, killed: (round: number) => boolean): string[] {
    const problems: string[] = [];
    for (const taskArn of this.#started) {
      if (histories.find(taskArn) === undefined) problems.push(`task ${idOf(taskArn)} was started and is not there`);
    }
    for (const taskArn of this.#stopped) {
      if (histories.find(taskArn)?.desiredStatus === 'STOPPED') continue;
      problems.push(`task ${idOf(taskArn)} was stopped and is wanted`);
    }
    for (const event of histories.tasks) {
      const job = this.#jobs.get(event.startedBy ?? '');
      if (job === undefined) continue;
      // One that was started late in a round may end in the next.
      const engineKilled = killed(job.round) || killed(job.round + 1);
      problems.push(...this.#jobProblems(job, event.exitCode, engineKilled));
    }
    return problems;
  }

  services(described: readonly Answer[]): Told['services'] {
    return described.map(({ serviceName, desiredCount, runningCount, pendingCount }) => ({
      serviceName,
      desiredCount,
      runningCount,
      pendingCount,
      acceptable: this.#counts.get(serviceName) ?? [],
    }));
  }

  get serviceNames(): readonly string[] {
    return serviceNames;
  }

  /** Calls that were refused: none of them asked for anything that may not be. */
  get refused(): readonly string[] {
    return this.#refused;
  }

  get startedCount(): number {
    return this.#started.size;
  }

  #jobProblems({ mark, exitCode }: Job, reported: number | undefined, engineKilled: boolean): string[] {
    const lines = linesOf(`${this.#options.marksFolder}/${mark}`);
    const starts = lines.filter((line) => line === 'start').length;
    if (starts > 1) return [`job ${mark} ran ${starts} times`];
    // A container that was killed with its engine, or as it ended, may have left another code.
    if (!lines.includes('end') || engineKilled || reported === exitCode || reported === 137) return [];
    return [`job ${mark} ended with ${exitCode}, and ${reported} was reported`];
  }

  async #look(): Promise<void> {
    const { taskArns } = await this.#installation.call('ListTasks', { cluster, maxResults: 100 });
    this.#live = taskArns;
  }

  async #start(round: number, kind?: 'watch'): Promise<void> {
    if (this.#live.length >= this.#options.tasks) return;
    const name = kind ?? (['job', 'job', 'watch', 'watch', 'parcel'] as const)[this.#below(5)] ?? 'job';
    const mark = `mark-${this.#marks++}`;
    const job = { mark, exitCode: this.#below(4), round };
    if (name !== 'watch') this.#jobs.set(mark, job);
    const environment = Object.entries({ MARK: mark, LAST: this.#below(60) / 10, CODE: job.exitCode });
    const override = {
      name: 'app',
      environment: environment.map(([key, value]) => ({ name: key, value: `${value}` })),
    };
    const { tasks } = await this.#installation.call('RunTask', {
      cluster,
      startedBy: mark,
      ...this.#placed(name),
      ...(name === 'watch' ? {} : { overrides: { containerOverrides: [override] } }),
    });
    for (const { taskArn } of tasks) {
      this.#started.add(taskArn);
      this.#live.push(taskArn);
    }
  }

  async #stop(): Promise<void> {
    const task = this.#live.splice(this.#below(Math.max(1, this.#live.length)), 1)[0];
    if (task === undefined) return;
    await this.#installation.call('StopTask', { cluster, task, reason: 'a user stopped it' });
    this.#stopped.add(task);
  }

  async #scale(): Promise<void> {
    const service = this.#aService();
    const desiredCount = Math.max(1, this.#shares[service] - 3 + this.#below(5));
    const counts = this.#counts.get(service) ?? [];
    // Without an answer either holds.
    counts.push(desiredCount);
    await this.#installation.call('UpdateService', { cluster, service, desiredCount });
    this.#counts.set(service, [desiredCount]);
  }

  async #deploy(): Promise<void> {
    await this.#installation.call('UpdateService', { cluster, service: this.#aService(), forceNewDeployment: true });
  }

  #aService(): ServiceName {
    return serviceNames[this.#below(serviceNames.length)] ?? 'hull';
  }

  #placed(name: string): object {
    const { launchType, hasHolder } = this.families.get(name) ?? {};
    const interfaced = hasHolder === true && name !== 'watch';
    return { taskDefinition: name, launchType, ...(interfaced ? this.#network : {}) };
  }

  #below(bound: number): number {
    return integerBelow(this.#random, bound);
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // It never started.
    return [];
  }
}

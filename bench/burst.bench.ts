import type { DockerRuntime } from '#agent';
import { type Answer, type Installation, testImage } from '../test/support/installation.ts';
import { against, type Benchmark, median, type Row } from './benchmark.ts';
import { joinHost } from './joined-host.ts';
import { onPrivateInstallation } from './private-installation.ts';

const burst = 16;
const rounds = 3;

/**
 * A burst of awsvpc tasks, RunTask sent to RUNNING on record, on a host that has namespaces ready for all of them; beside
 * a host of the same engine that makes each with its task. The two take turns.
 */
export const benchmark: Benchmark = {
  name: 'burst of awsvpc tasks: warm sandboxes beside none',
  run: () => onPrivateInstallation(['--no-node'], measure),
};

async function measure(installation: Installation, runtime: DockerRuntime): Promise<Row[]> {
  const { subnets } = await installation.call('DescribeNetwork', {}, 'roadstead');
  await installation.call('RegisterTaskDefinition', {
    family: 'bench',
    networkMode: 'awsvpc',
    containerDefinitions: [{ name: 'main', image: testImage, memory: 32, command: ['sleep', '3600'], stopTimeout: 2 }],
  });
  const warm = await Host.join(installation, 'warm', subnets[0].subnetId, burst);
  const cold = await Host.join(installation, 'cold', subnets[0].subnetId, 0);
  await warm.burst(runtime);
  await cold.burst(runtime);
  const figures = { warm: [] as Figure[], cold: [] as Figure[] };
  for (let round = 0; round < rounds; round++) {
    await warm.ready(runtime);
    figures.warm.push(await warm.burst(runtime));
    await warm.ready(runtime);
    figures.cold.push(await cold.burst(runtime));
  }
  const best = (all: readonly Figure[]): number => Math.max(...all.map(({ rate }) => rate));
  const middle = (all: readonly Figure[]): number => median(all.flatMap(({ latenciesMs }) => latenciesMs));
  return [
    against(`${burst} tasks, best of ${rounds}`, 'tasks/s', best(figures.warm), best(figures.cold)),
    against('RunTask to RUNNING, median', 'ms', middle(figures.warm), middle(figures.cold)),
    {
      what: 'of them in a namespace that was ready',
      value: median(figures.warm.map(({ spares }) => spares)),
      unit: 'tasks',
    },
  ];
}

interface Figure {
  /** Tasks per second, until the last one runs. */
  readonly rate: number;
  readonly latenciesMs: readonly number[];
  readonly spares: number;
}

class Host {
  readonly #installation: Installation;
  readonly #cluster: string;
  readonly #subnet: string;
  readonly #spares: number;
  readonly #label: string;

  private constructor(installation: Installation, cluster: string, subnet: string, spares: number, label: string) {
    this.#installation = installation;
    this.#cluster = cluster;
    this.#subnet = subnet;
    this.#spares = spares;
    this.#label = label;
  }

  static async join(installation: Installation, cluster: string, subnet: string, spares: number): Promise<Host> {
    const settings = { ROADSTEAD_WARM_SANDBOXES: String(spares) };
    const { containerInstanceArn } = await joinHost(installation, cluster, settings);
    return new Host(installation, cluster, subnet, spares, `roadstead.container-instance-arn=${containerInstanceArn}`);
  }

  /** Waits until every spare is there and nothing else is done. */
  async ready(runtime: DockerRuntime): Promise<void> {
    await this.#installation.until('the spares are ready', async () => {
      const there = await runtime.listContainers([this.#label, 'roadstead.spare-sandbox']);
      return there.filter(({ state }) => state === 'running').length === this.#spares;
    });
  }

  /** Runs the tasks, and stops them again. */
  async burst(runtime: DockerRuntime): Promise<Figure> {
    const asked = Date.now();
    const arns: string[] = [];
    while (arns.length < burst) {
      const { tasks, failures } = await this.#installation.call('RunTask', {
        cluster: this.#cluster,
        taskDefinition: 'bench',
        count: Math.min(10, burst - arns.length),
        networkConfiguration: { awsvpcConfiguration: { subnets: [this.#subnet] } },
      });
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
      arns.push(...tasks.map((task: Answer) => task.taskArn));
    }
    const tasks = await this.#reached(arns, 'RUNNING');
    const latenciesMs = tasks.map((task) => task.startedAt * 1000 - asked);
    const holders = await runtime.listContainers([this.#label, 'com.amazonaws.ecs.container-name=~internal~ecs~pause']);
    const own = holders.filter(({ labels }) => !('roadstead.spare-sandbox' in labels)).length;
    for (const task of arns) await this.#installation.call('StopTask', { cluster: this.#cluster, task });
    await this.#reached(arns, 'STOPPED');
    return { rate: (burst / Math.max(...latenciesMs)) * 1000, latenciesMs, spares: burst - own };
  }

  async #reached(arns: readonly string[], status: string): Promise<Answer[]> {
    return this.#installation.until(`all are ${status}`, async () => {
      // Asking takes its share of the processors: not more often than needed.
      await new Promise((resolve) => setTimeout(resolve, 30));
      const { tasks } = await this.#installation.call('DescribeTasks', { cluster: this.#cluster, tasks: arns });
      const ended = tasks.find((task: Answer) => task.lastStatus === 'STOPPED' && status === 'RUNNING');
      if (ended !== undefined) throw new Error(ended.stoppedReason);
      return tasks.every((task: Answer) => task.lastStatus === status) ? tasks : undefined;
    });
  }
}

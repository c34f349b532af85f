import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answer,
  ensureTestImage,
  type Installation,
  newInstallation,
  testImage,
} from '../../support/installation.ts';

/**
 * A cluster with one container instance, this machine: whatever a task definition asks for goes the whole way, from
 * RegisterTaskDefinition to a container, and is looked at from inside it.
 */
export class DefinitionWorld implements AsyncDisposable {
  readonly installation: Installation;
  /** A folder of this machine for tasks to mount. */
  readonly folder = mkdtempSync(join(tmpdir(), 'roadstead-mounted-'));
  /** Of the instance's agent. */
  agentPid = 0;
  #count = 0;

  private constructor(installation: Installation) {
    this.installation = installation;
  }

  /** `settings` are the agent's. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<DefinitionWorld> {
    await ensureTestImage();
    const world = new DefinitionWorld(await newInstallation());
    const { installation } = world;
    try {
      await installation.up('--no-node');
      await installation.call('CreateCluster', { clusterName: 'yard' });
      world.agentPid = await installation.startAgent('yard', 'ec2', settings);
      await installation.until('the instance is registered', async () => {
        const filter = 'agentConnected == true';
        const { containerInstanceArns } = await installation.call('ListContainerInstances', {
          cluster: 'yard',
          filter,
        });
        return containerInstanceArns.length === 1;
      });
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.installation[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Registers a definition of containers on the test image and runs one task of it; gives its ARN. */
  async run(definition: object, containers: readonly Answer[], request: object = {}): Promise<string> {
    this.#count += 1;
    const family = `facts-${this.#count}`;
    await this.installation.call('RegisterTaskDefinition', {
      family,
      ...definition,
      containerDefinitions: containers.map((container) => ({
        image: testImage,
        memory: 32,
        stopTimeout: 2,
        ...container,
      })),
    });
    const { tasks, failures } = await this.installation.call('RunTask', {
      cluster: 'yard',
      taskDefinition: family,
      ...request,
    });
    if (tasks.length !== 1) throw new Error(`not placed: ${JSON.stringify(failures)}`);
    return tasks[0].taskArn;
  }

  async task(taskArn: string): Promise<Answer> {
    const { tasks } = await this.installation.call('DescribeTasks', { cluster: 'yard', tasks: [taskArn] });
    return tasks[0];
  }

  /** The task once it has the status; fails when it stops instead, with what it says of itself. */
  async reaches(taskArn: string, status: 'RUNNING' | 'STOPPED', limitMs = 60_000): Promise<Answer> {
    let ended: Answer;
    const found = await this.installation.until(
      `${status} of ${taskArn}`,
      async () => {
        const task = await this.task(taskArn);
        if (task.lastStatus === status) return task;
        if (task.lastStatus === 'STOPPED') ended = task;
        return ended;
      },
      limitMs,
    );
    if (ended !== undefined) throw new Error(`stopped instead: ${JSON.stringify(ended)}`);
    return found;
  }

  async stop(taskArn: string): Promise<Answer> {
    await this.installation.call('StopTask', { cluster: 'yard', task: taskArn });
    return await this.reaches(taskArn, 'STOPPED');
  }

  /** What a container printed, once it printed `done`: the lines of each section of {@link told}, by its name. */
  async facts(taskArn: string, container: string): Promise<Record<string, string>> {
    const text = await this.installation.until(`${container} is done`, async () => {
      const { lastStatus, containers, stoppedReason } = await this.task(taskArn);
      const found = containers.find(({ name }: Answer) => name === container);
      const printed = found?.runtimeId === undefined ? '' : await this.printed(taskArn, container);
      if (/^## done$/m.test(printed)) return printed;
      return lastStatus === 'STOPPED' ? `## ended\n${stoppedReason}: ${found?.reason}\n${printed}` : undefined;
    });
    if (text.startsWith('## ended')) throw new Error(text);
    const facts: Record<string, string> = {};
    for (const section of text.split(/^## /m).slice(1)) {
      const [heading = '', ...lines] = section.split('\n');
      facts[heading] = lines.join('\n').trim();
    }
    return facts;
  }

  /** Everything a container printed so far. */
  async printed(taskArn: string, container: string): Promise<string> {
    return shell(`docker logs ${await this.runtimeId(taskArn, container)} 2>&1`).replaceAll('\r', '');
  }

  async runtimeId(taskArn: string, container: string): Promise<string> {
    const { containers } = await this.task(taskArn);
    const found = containers.find(({ name }: Answer) => name === container)?.runtimeId;
    if (found === undefined) throw new Error(`${container} has no id yet`);
    return found;
  }

  async inspected(taskArn: string, container: string): Promise<Answer> {
    return JSON.parse(shell(`docker inspect ${await this.runtimeId(taskArn, container)}`))[0];
  }
}

/** A shell's text that prints the outcome of each command under its name, and then sleeps. */
export function told(commands: Readonly<Record<string, string>>): string {
  const sections = Object.entries(commands).map(([name, command]) => `echo; echo "## ${name}"; { ${command}; } 2>&1`);
  return [...sections, 'echo; echo "## done"', 'sleep 3600'].join('\n');
}

export function shell(command: string): string {
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim();
}

import { removeImages } from '../demo/sample-image.ts';
import { isOfAgent, listContainers, runningTaskArns } from '../engine/containers.ts';
import { stopOwnEngine } from '../engine/engine-process.ts';
import { readContainerInstanceArn } from '../installation.ts';
import type { CommandBody, Invocation } from '../invocation.ts';
import { type StoppedProcess, stopProcesses } from '../stopping.ts';

export interface DownOptions {
  readonly tasks?: boolean;
}

export interface DownResult {
  readonly stopped: readonly StoppedProcess[];
  /** Of this installation's agent alone. */
  readonly tasksLeftRunning: number;
  readonly containersRemoved: number;
  readonly engineStopped: boolean;
}

/** `roadstead down`: idempotent. What is stored stays; `up` goes on from there. */
export const down: CommandBody<DownOptions> = async (invocation, _args, options) => {
  const result = await takeDown(invocation, options.tasks === true);
  return {
    report: {
      data: result,
      lines: () => downLines(result, options.tasks === true),
      names: result.stopped.map(({ process }) => process),
    },
  };
};

/** Stops the processes; with `tasks` also everything of Roadstead on this host, and the engine if it was ours. */
export async function takeDown(invocation: Invocation, tasks: boolean): Promise<DownResult> {
  const { deps, common, steps } = invocation;
  const stopped = await stopProcesses(invocation);
  if (!tasks) {
    return {
      stopped,
      tasksLeftRunning: await countRunningTasks(invocation),
      containersRemoved: 0,
      engineStopped: false,
    };
  }
  const containers = await steps.run('tasks', async (say) => {
    if (!(await engineAnswers(invocation))) {
      say('no Docker Engine is running, so no task is');
      return 0;
    }
    const { containers: removed } = await deps.runners.cleanHost({ dataDir: common.paths.dataDir });
    await removeImages(deps.engine);
    say(`${removed} ${removed === 1 ? 'container' : 'containers'} removed; network, routes and rules too`);
    return removed;
  });
  const engineStopped = await stopOwnEngine(invocation);
  return { stopped, tasksLeftRunning: 0, containersRemoved: containers, engineStopped };
}

function downLines({ stopped, tasksLeftRunning, engineStopped }: DownResult, tasks: boolean): string[] {
  const lines = [stopped.length === 0 ? 'Roadstead was not running.' : 'Roadstead is down.'];
  if (tasksLeftRunning > 0) {
    lines.push(
      `  ${tasksLeftRunning} ${tasksLeftRunning === 1 ? 'task keeps' : 'tasks keep'} running; roadstead up takes them over again,`,
      '  roadstead down --tasks stops them',
    );
  }
  if (tasks) lines.push('  no container, image, network or rule of this installation is left on this machine');
  if (engineStopped) lines.push('  the Docker Engine that Roadstead had started is stopped');
  return lines;
}

async function engineAnswers({ deps }: Invocation): Promise<boolean> {
  return deps.engine.send('GET', '/_ping').then(
    () => true,
    () => false,
  );
}

async function countRunningTasks({ deps, common }: Invocation): Promise<number> {
  const agent = await readContainerInstanceArn(deps.files, common.paths);
  try {
    const own = (await listContainers(deps.engine)).filter((container) => isOfAgent(container, agent));
    return runningTaskArns(own).length;
  } catch {
    // No engine, no task.
    return 0;
  }
}

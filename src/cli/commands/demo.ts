import { elapsedMs } from '#base';
import type { ControlPlane } from '../control-plane.ts';
import { killAndWatch } from '../demo/healing.ts';
import { removeSample } from '../demo/removal.ts';
import { rollUnderLoad } from '../demo/rolling.ts';
import { ensureBalancer, waitForTargets } from '../demo/sample-balancer.ts';
import { ensureDefinition, type SampleRevision } from '../demo/sample-definition.ts';
import { ensureSampleImage, sampleImage } from '../demo/sample-image.ts';
import { ensureNetwork } from '../demo/sample-network.ts';
import { type DescribedTask, ensureService, shortTaskId, waitForTasks } from '../demo/sample-service.ts';
import { closingLines, demoData, healingText, rolloutText } from '../demo/showing.ts';
import { callThrough } from '../demo/spread.ts';
import { callTask, type TaskAnswer, TaskEnded } from '../demo/task-call.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { removeImage } from '../engine/images.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, failureFrom } from '../failure.ts';
import { type CommandBody, type Invocation, type Outcome, programName } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import type { ListenOptions } from '../serving.ts';
import { ensureStarted, runningServer } from '../starting.ts';
import { takeDown } from './down.ts';

/** How often the demo starts over when tasks end while it calls them. */
const maxAttempts = 5;

export interface DemoOptions extends ListenOptions {
  readonly clean?: boolean;
}

/**
 * `roadstead demo`: exit code 0 only when every step worked; the service is left running. It may be run again, and
 * `--clean` takes all of it away.
 */
export const demo: CommandBody<DemoOptions> = async (invocation, _args, options) => {
  try {
    return options.clean === true ? await cleanUp(invocation, options) : await runDemo(invocation, options);
  } catch (error) {
    throw failureFrom(options.clean === true ? 'the clean-up failed' : 'the demo failed', error);
  }
};

async function runDemo(invocation: Invocation, options: ListenOptions): Promise<Outcome> {
  const { steps, deps } = invocation;
  requireRoot(invocation);
  const startedAt = deps.clock.now();
  const engine = await ensureEngine(invocation);
  const { controlPlane, url: endpoint } = await ensureStarted(invocation, { ...options, node: true, engine });
  await steps.run('image', (say) => ensureSampleImage(invocation, say));
  const definition = await steps.run('task definition', (say) => ensureDefinition(controlPlane, say));
  const network = await ensureNetwork(controlPlane);
  const balancer = await steps.run('load balancer', (say) => ensureBalancer(invocation, controlPlane, network, say));
  await steps.run('service', (say) => ensureService(controlPlane, { definition, network, balancer }, say));
  const { tasks, answers } = await callAllTasks(invocation, controlPlane, definition);
  await steps.run('targets', (say) => waitForTargets(invocation, controlPlane, balancer, tasks, say));
  const spread = await steps.run('requests', (say) => callThrough(invocation, balancer, answers, say));
  const healing = await steps.run('self-healing', async (say) => {
    const healed = await killAndWatch(invocation, controlPlane, tasks, say);
    await waitForTargets(invocation, controlPlane, balancer, healed.tasks, () => {});
    say(healingText(healed));
    return healed;
  });
  const rollout = await steps.run('new version', async (say) => {
    const rolled = await rollUnderLoad(invocation, controlPlane, { balancer, from: definition }, say);
    say(rolloutText(rolled));
    return rolled;
  });
  const totalMs = Math.round(elapsedMs(startedAt, deps.clock.now()));
  const facts = { endpoint, balancer, totalMs, program: programName(invocation.common) };
  return {
    report: {
      data: demoData({ endpoint, balancer, answers, spread, healing, rollout, totalMs }),
      lines: (style) => closingLines(style, facts),
      names: rollout.tasks.map(({ taskArn }) => taskArn ?? ''),
    },
  };
}

/** Waits for the tasks and calls each; starts over when one of them turns out to have ended. */
async function callAllTasks(
  invocation: Invocation,
  controlPlane: ControlPlane,
  { arn }: SampleRevision,
): Promise<{ readonly tasks: readonly DescribedTask[]; readonly answers: readonly TaskAnswer[] }> {
  const { steps } = invocation;
  for (let attempt = 1; ; attempt++) {
    const tasks = await steps.run('tasks', (say) =>
      waitForTasks(invocation, controlPlane, say, (up) =>
        up.every(({ taskDefinitionArn }) => taskDefinitionArn === arn),
      ),
    );
    const answers: TaskAnswer[] = [];
    try {
      for (const task of tasks) {
        const call = async (say: Say): Promise<TaskAnswer> => {
          const answer = await callTask(invocation, controlPlane, task);
          say(`${answer.url}  "${answer.body}"`);
          return answer;
        };
        answers.push(await steps.run(`task ${shortTaskId(task)}`, call));
      }
      return { tasks, answers };
    } catch (error) {
      if (!(error instanceof TaskEnded) || attempt === maxAttempts) throw error;
    }
  }
}

/** Fargate tasks get network interfaces, which only root can make: better said now than after the installation. */
function requireRoot({ deps }: Invocation): void {
  if (deps.machine.userId === 0) return;
  throw new Failure('the demo needs root', {
    exitCode: exitCodes.denied,
    why: 'its tasks get network interfaces of their own, and only root may make those',
    next: 'sudo ./roadstead demo',
  });
}

/**
 * Deletes the sample. Roadstead itself goes too, with everything on this machine, unless something else runs on it: then
 * it is left running.
 */
async function cleanUp(invocation: Invocation, options: ListenOptions): Promise<Outcome> {
  const { deps, common } = invocation;
  const { paths } = common;
  // The service is on record until the control plane has deleted it: a stopped one has to be started for that.
  const onRecord = (await runningServer(invocation)) !== undefined || (await deps.files.exists(paths.store));
  const removal = onRecord ? await removeFromRecord(invocation, options) : { others: false };
  if (removal.others) return leftRunning(invocation);
  // Whatever became of that: this machine is cleaned.
  const result = await takeDown(invocation, true);
  if (removal.problem !== undefined) throw removal.problem;
  return {
    report: {
      data: { sampleRemoved: onRecord, leftRunning: false, ...result },
      lines: () => [
        'The demo is gone: no container, image, network link, route, rule or process of it is left.',
        `  data that Roadstead keeps: ${paths.dataDir}`,
      ],
      names: [],
    },
  };
}

interface Removal {
  /** What went wrong, if something did. */
  readonly problem?: Failure;
  /** Services or tasks that are not the sample's. */
  readonly others: boolean;
}

/** Has the control plane delete the sample, and looks what else it runs. */
async function removeFromRecord(invocation: Invocation, options: ListenOptions): Promise<Removal> {
  const { steps } = invocation;
  try {
    const engine = await ensureEngine(invocation);
    const { controlPlane } = await ensureStarted(invocation, { ...options, node: true, engine });
    await steps.run('sample', (say) => removeSample(invocation, controlPlane, say));
    const { counts, hosts } = await controlPlane.roadstead('DescribePlatform', {});
    return { others: counts.services > 0 || counts.tasks > 0 || hosts.some(({ runningTasks }) => runningTasks > 0) };
  } catch (error) {
    return { problem: failureFrom('the sample is still on record', error), others: false };
  }
}

async function leftRunning({ deps, common }: Invocation): Promise<Outcome> {
  await removeImage(deps.engine, sampleImage, { force: false });
  const program = programName(common);
  return {
    report: {
      data: { sampleRemoved: true, leftRunning: true },
      lines: () => [
        'The demo is gone: no container of it is left.',
        `  Roadstead keeps running, because other services or tasks run on it: ${program} down --tasks stops them all`,
      ],
      names: [],
    },
  };
}

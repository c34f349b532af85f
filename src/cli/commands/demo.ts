import type { ControlPlane } from '../control-plane.ts';
import { type Healing, killAndWatch } from '../demo/healing.ts';
import { ensureSampleImage, sampleImage } from '../demo/sample-image.ts';
import {
  callTask,
  type DescribedTask,
  ensureDefinition,
  ensureService,
  removeSample,
  sampleCluster,
  sampleService,
  shortTaskId,
  type TaskAnswer,
  TaskEnded,
  waitForTasks,
} from '../demo/sample-service.ts';
import { ensureEngine } from '../engine/ensure-engine.ts';
import { removeImage } from '../engine/images.ts';
import { exitCodes } from '../exit-codes.ts';
import { Failure, failureFrom } from '../failure.ts';
import { type CommandBody, type Invocation, type Outcome, programName } from '../invocation.ts';
import { durationText } from '../output/durations.ts';
import type { Say } from '../output/steps.ts';
import type { Style } from '../output/style.ts';
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
  const started = await ensureStarted(invocation, { ...options, node: true, engine });
  const { controlPlane } = started;
  await steps.run('image', (say) => ensureSampleImage(invocation, say));
  const definition = await steps.run('task definition', (say) => ensureDefinition(controlPlane, say));
  await steps.run('service', (say) => ensureService(controlPlane, definition, say));
  const { tasks, answers } = await callAllTasks(invocation, controlPlane);
  const healing = await steps.run('self-healing', async (say) => {
    const healed = await killAndWatch(invocation, controlPlane, tasks, say);
    say(healingText(healed));
    return healed;
  });
  const totalMs = Math.round((deps.clock.now() - startedAt) * 1000);
  const data = {
    endpoint: started.url,
    cluster: sampleCluster,
    service: sampleService,
    tasks: answers,
    killedTaskArn: healing.killedTaskArn,
    replacement: healing.replacement,
    replacementMilliseconds: healing.milliseconds,
    totalMilliseconds: totalMs,
  };
  return {
    report: {
      data,
      lines: (style) =>
        closingLines(style, {
          endpoint: started.url,
          url: healing.replacement.url,
          totalMs,
          program: programName(invocation.common),
        }),
      names: healing.tasks.map(({ taskArn }) => taskArn ?? ''),
    },
  };
}

/** Waits for the tasks and calls each; starts over when one of them turns out to have ended. */
async function callAllTasks(
  invocation: Invocation,
  controlPlane: ControlPlane,
): Promise<{ readonly tasks: readonly DescribedTask[]; readonly answers: readonly TaskAnswer[] }> {
  const { steps } = invocation;
  for (let attempt = 1; ; attempt++) {
    const tasks = await steps.run('tasks', (say) => waitForTasks(invocation, controlPlane, say));
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

function healingText(healing: Healing): string {
  const killed = shortTaskId({ taskArn: healing.killedTaskArn });
  const replacement = shortTaskId(healing.replacement);
  return `killed task ${killed}; task ${replacement} answers in its place after ${durationText(healing.milliseconds)}`;
}

interface ClosingFacts {
  readonly endpoint: string;
  readonly url: string;
  readonly totalMs: number;
  readonly program: string;
}

function closingLines(style: Style, { endpoint, url, totalMs, program }: ClosingFacts): string[] {
  return [
    style.good(`All of it worked, in ${durationText(totalMs)}. The service keeps running.`),
    `  endpoint  ${style.strong(endpoint)}   a task  ${url}`,
    'Next:',
    `  eval "$(${program} env)"`,
    style.faint('  (an aws CLI before 2.13 or 1.29 needs --endpoint-url "$AWS_ENDPOINT_URL" on each command)'),
    `  aws ecs describe-services --cluster ${sampleCluster} --services ${sampleService}`,
    `  aws ecs update-service --cluster ${sampleCluster} --service ${sampleService} --desired-count 5`,
    `  curl ${url}`,
    `  ${program} status`,
    `  ${program} demo --clean      removes all of it`,
  ];
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

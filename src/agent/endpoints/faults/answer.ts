import { type Clock, type Logger, messageOf } from '#base';
import type { ContainerRuntime } from '../../runtime/port.ts';
import { type EngineTask, pauseContainer } from '../../task/state.ts';
import { type EndpointAnswer, jsonAnswer } from '../port.ts';
import { RateLimit } from '../rate-limit.ts';
import { isBlackholed, must, type Run, startBlackhole, stopBlackhole } from './blackhole.ts';
import type { FaultCommands } from './commands.ts';
import { netemOn, startNetem, stopNetem } from './netem.ts';
import { type Fault, type FaultAction, type FaultKind, faultActions, faultKinds, parseFault } from './request.ts';

export interface FaultsDeps {
  readonly commands: FaultCommands;
  readonly runtime: Pick<ContainerRuntime, 'inspectContainer'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** ms. For all commands of a request, as ECS's agent has it. */
const budgetMs = 5000;
/** A task may ask for the same thing once in so many seconds. */
const pauseSeconds = 5;

/**
 * POST of `fault/v1/<fault>/<action>`: makes the network of a task worse, says so, or lets it be well again. Faults are
 * the kernel's, in the task's namespace: an agent that ends leaves them as they are, a task takes them with it.
 */
export class Faults {
  readonly #deps: FaultsDeps;
  readonly #limits = new Map<string, Map<string, RateLimit>>();
  /** One request after the other for each task: each looks first at what there is. */
  readonly #busy = new Map<string, Promise<unknown>>();

  constructor(deps: FaultsDeps) {
    this.#deps = deps;
  }

  /** `rest` is what follows `fault/v1/`; `undefined` when there is no such endpoint. */
  async answer(task: EngineTask, rest: readonly string[], body: string): Promise<EndpointAnswer | undefined> {
    const kind = faultKinds.find((each) => each === rest[0]);
    const action = faultActions.find((each) => each === rest[1]);
    if (kind === undefined || action === undefined || rest.length > 2) return undefined;
    if (!this.#within(task.taskArn, `${kind}/${action}`)) {
      return jsonAnswer(429, { Error: 'You have reached maximum request limit' });
    }
    const refusal = refusalOf(task);
    if (refusal !== undefined) return jsonAnswer(400, { Error: refusal });
    const parsed = parseFault(kind, action, body);
    if (!parsed.ok) return jsonAnswer(400, { Error: parsed.problem });
    const before = this.#busy.get(task.taskArn) ?? Promise.resolve();
    const work = before.then(() => this.#within5s(task, kind, action, parsed.fault));
    this.#busy.set(task.taskArn, work);
    return work;
  }

  /** Forgets tasks that are gone. */
  keepOnly(isKnown: (taskArn: string) => boolean): void {
    for (const taskArn of this.#limits.keys()) {
      if (isKnown(taskArn)) continue;
      this.#limits.delete(taskArn);
      this.#busy.delete(taskArn);
    }
  }

  #within(taskArn: string, what: string): boolean {
    const limits = this.#limits.get(taskArn) ?? new Map<string, RateLimit>();
    this.#limits.set(taskArn, limits);
    const limit = limits.get(what) ?? new RateLimit({ perSecond: 1 / pauseSeconds, burst: 1 }, this.#deps);
    limits.set(what, limit);
    return limit.take();
  }

  async #within5s(task: EngineTask, kind: FaultKind, action: FaultAction, fault: Fault): Promise<EndpointAnswer> {
    const { clock, log } = this.#deps;
    const patience = new AbortController();
    const timer = clock.setTimer(budgetMs, () => patience.abort(new Error('timed out')));
    try {
      const pid = await this.#namespaceOf(task);
      const run: Run = (program, args) => this.#deps.commands.run(pid, program, args, patience.signal);
      return await act(action, fault, run, pid === undefined ? undefined : 'eth0');
    } catch (error) {
      log.warn('a fault could not be dealt with', {
        taskArn: task.taskArn,
        fault: kind,
        action,
        error: messageOf(error),
      });
      const text = patience.signal.aborted ? `${kind}: request timed out` : 'internal error';
      return jsonAnswer(500, { Error: text });
    } finally {
      timer.cancel();
    }
  }

  /** The process whose namespace is the task's; `undefined` for the host's own. */
  async #namespaceOf(task: EngineTask): Promise<number | undefined> {
    const pause = pauseContainer(task);
    if (pause === undefined) return undefined;
    const facts = await this.#deps.runtime.inspectContainer(pause.runtimeId ?? '');
    if (facts === undefined || facts.pid === 0) throw new Error('the task has no network namespace');
    return facts.pid;
  }
}

function refusalOf({ taskArn, payload: { enableFaultInjection, networkMode } }: EngineTask): string | undefined {
  if (enableFaultInjection !== true) return `enableFaultInjection is not enabled for task: ${taskArn}`;
  if (networkMode === 'awsvpc' || networkMode === 'host') return undefined;
  return `${networkMode} mode is not supported. Please use either host or awsvpc mode.`;
}

const running = jsonAnswer(200, { Status: 'running' });
const stopped = jsonAnswer(200, { Status: 'stopped' });
const notRunning = jsonAnswer(200, { Status: 'not-running' });

async function act(action: FaultAction, fault: Fault, run: Run, device: string | undefined): Promise<EndpointAnswer> {
  if (fault.kind === 'network-blackhole-port') {
    const on = await isBlackholed(fault, run);
    if (action === 'status') return on ? running : notRunning;
    if (action === 'start' && on) return running;
    // What an interrupted start left is taken away first.
    await stopBlackhole(fault, run);
    if (action === 'stop') return stopped;
    await startBlackhole(fault, run);
    return running;
  }
  const on = device ?? (await defaultDevice(run));
  const now = await netemOn(on, run);
  if (action === 'status') return now === fault.kind ? running : notRunning;
  if (action === 'stop') {
    if (now === fault.kind) await stopNetem(on, run);
    return stopped;
  }
  if (now !== undefined) {
    const what = now === 'network-latency' ? 'network latency' : 'network packet loss';
    return now === fault.kind ? running : jsonAnswer(409, { Error: `There is already one ${what} fault running` });
  }
  if ('effect' in fault) await startNetem(fault, on, run);
  return running;
}

async function defaultDevice(run: Run): Promise<string> {
  const routes = JSON.parse(await must(run, 'ip', ['-j', '-4', 'route', 'show', 'default'])) as {
    readonly dev?: string;
  }[];
  const device = routes[0]?.dev;
  if (device === undefined) throw new Error('the host has no default route');
  return device;
}

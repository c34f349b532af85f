import type { Clock } from '#base';
import type { CredentialStore } from '../link/credentials.ts';
import type { ContainerDetails, ContainerRuntime } from '../runtime/port.ts';
import { appContainers, type EngineContainer, type EngineTask, networkHolder, pauseContainer } from '../task/state.ts';
import { answerAssociations } from './associations.ts';
import { type Generation, presentContainer } from './container-metadata.ts';
import { answerCredentials, unknownCredentials } from './credentials.ts';
import type { FargateFacts } from './fargate-facts.ts';
import type { Faults } from './faults/answer.ts';
import { type EndpointAnswer, type EndpointHandler, type EndpointRequest, jsonAnswer } from './port.ts';
import { answerProtection } from './protection.ts';
import type { ContainerStats, StatsWatch } from './stats.ts';
import { containerWith, type Subject, shownIdOf, subjectOf, taskAt } from './subject.ts';
import { readTags } from './tags.ts';
import type { TaskApi } from './task-api.ts';
import { type HostFacts, presentTask } from './task-metadata.ts';

export interface HandlerDeps {
  readonly tasks: () => Iterable<EngineTask>;
  readonly credentials: CredentialStore;
  readonly runtime: Pick<ContainerRuntime, 'describeContainer'>;
  readonly stats: StatsWatch;
  readonly fargate: FargateFacts;
  readonly api: TaskApi;
  readonly host: HostFacts;
  readonly faults: Faults;
  readonly clock: Clock;
}

/**
 * The in-task endpoints: metadata in three generations, credentials, task protection, fault injection. A task is known by
 * the id in the path, which its environment holds, and in the second generation by its own address.
 * Sources: "Amazon ECS task metadata endpoint version 4" and its like, "Task IAM role", "Fault injection".
 */
export class TaskEndpoints implements EndpointHandler {
  readonly #deps: HandlerDeps;

  constructor(deps: HandlerDeps) {
    this.#deps = deps;
  }

  async answer(request: EndpointRequest): Promise<EndpointAnswer | undefined> {
    const [generation = '', ...rest] = segmentsOf(request.path);
    if (generation === 'v1' && rest[0] === 'credentials') {
      return this.#get(request, () => answerCredentials(this.#deps, request.query.get('id') ?? ''));
    }
    if (generation === 'v2' && rest[0] === 'credentials') {
      return this.#get(request, () => answerCredentials(this.#deps, rest[1] ?? ''));
    }
    if (generation === 'v2') return this.#get(request, () => this.#second(request, rest));
    const subject = subjectOf(this.#deps.tasks(), rest[0] ?? '');
    if (subject === undefined) return undefined;
    const path = rest.slice(1);
    if (generation === 'v3') return this.#get(request, () => this.#of(subject, path, 3));
    if (generation === 'v4') return this.#get(request, () => this.#of(subject, path, 4));
    return generation === 'api' ? this.#act(subject, path, request) : undefined;
  }

  holdsKey(accessKeyId: string): boolean {
    return this.#deps.credentials.hasKey(accessKeyId);
  }

  refuse({ path }: EndpointRequest): EndpointAnswer {
    const [generation = '', id = '', what = ''] = segmentsOf(path);
    if (generation === 'v2' && (id === 'metadata' || id === 'stats')) {
      return jsonAnswer(400, 'Unable to get task arn from request: unable to associate the address with a task');
    }
    if ((generation === 'v1' || generation === 'v2') && id === 'credentials') return unknownCredentials;
    const unknown = `unable to get docker ID from v3 endpoint ID: ${id}`;
    if (generation === 'v3' || generation === 'v4') {
      const version = generation.toUpperCase();
      const status = generation === 'v4' ? 404 : 400;
      const whose = what.startsWith('task') ? 'task' : 'container';
      return jsonAnswer(
        status,
        `${version} ${whose} metadata handler: unable to get container ID from request: ${unknown}`,
      );
    }
    if (generation === 'api') return jsonAnswer(404, { Error: `unable to get the task from v3 endpoint ID: ${id}` });
    return notHere;
  }

  async #get(
    { method }: EndpointRequest,
    answer: () => Promise<EndpointAnswer | undefined> | EndpointAnswer | undefined,
  ): Promise<EndpointAnswer | undefined> {
    return method === 'GET' || method === 'HEAD' ? answer() : notAllowed;
  }

  /** The second generation knows a task with an interface of its own by the address that calls. */
  async #second({ sourceAddress }: EndpointRequest, rest: readonly string[]): Promise<EndpointAnswer | undefined> {
    const [what = '', id] = rest;
    const known = ['metadata', 'metadataWithTags', 'stats'].includes(what) && rest.length <= 2;
    const task = known ? taskAt(this.#deps.tasks(), sourceAddress) : undefined;
    if (task === undefined) return undefined;
    if (id === undefined) {
      return what === 'stats' ? this.#taskStats(task, 2) : this.#task(task, 2, what === 'metadataWithTags');
    }
    const container = containerWith(task, id);
    if (container === undefined || what === 'metadataWithTags') {
      return jsonAnswer(400, `Unable to generate metadata for container '${id}'`);
    }
    return what === 'stats' ? this.#containerStats(task, container, 2) : this.#container(task, container, 2);
  }

  async #of({ task, container }: Subject, path: readonly string[], generation: 3 | 4): Promise<EndpointAnswer> {
    switch (path.join('/')) {
      case '':
        return this.#container(task, container, generation);
      case 'task':
        return this.#task(task, generation, false);
      case 'taskWithTags':
        return this.#task(task, generation, true);
      case 'stats':
        return this.#containerStats(task, container, generation);
      case 'task/stats':
        return this.#taskStats(task, generation);
      default:
        return (path[0] === 'associations' ? answerAssociations(task, container, path.slice(1)) : undefined) ?? notHere;
    }
  }

  async #act({ task }: Subject, path: readonly string[], request: EndpointRequest): Promise<EndpointAnswer> {
    if (path.join('/') === 'task-protection/v1/state') {
      const allowed = request.method === 'GET' || request.method === 'PUT';
      return allowed ? answerProtection(task, request, this.#deps) : notAllowed;
    }
    if (path[0] !== 'fault' || path[1] !== 'v1') return notHere;
    if (request.method !== 'POST') return notAllowed;
    return (await this.#deps.faults.answer(task, path.slice(2), request.body)) ?? notHere;
  }

  async #container(task: EngineTask, container: EngineContainer, generation: Generation): Promise<EndpointAnswer> {
    return jsonAnswer(200, presentContainer(task, container, await this.#detailsOf(task, container), generation));
  }

  async #task(task: EngineTask, generation: Generation, withTags: boolean): Promise<EndpointAnswer> {
    const { host } = this.#deps;
    const details = new Map<string, ContainerDetails>();
    const [tags, extras] = await Promise.all([
      withTags ? readTags(task, host, this.#deps) : undefined,
      generation === 4 ? this.#deps.fargate.of(task) : {},
      ...task.containers.map(async (container) => {
        const found = await this.#detailsOf(task, container);
        if (found !== undefined) details.set(container.name, found);
      }),
    ]);
    const more = { ...extras, ...(tags === undefined ? {} : { tags }) };
    return jsonAnswer(200, presentTask(task, details, host, generation, more));
  }

  async #containerStats(task: EngineTask, container: EngineContainer, generation: Generation): Promise<EndpointAnswer> {
    const stats = await this.#statsOf(task, container);
    if (stats === undefined)
      return jsonAnswer(generation === 4 ? 404 : 400, `Unable to get container stats for ${container.name}`);
    return jsonAnswer(200, shownStats(stats, generation));
  }

  async #taskStats(task: EngineTask, generation: Generation): Promise<EndpointAnswer> {
    const entries = await Promise.all(
      appContainers(task).map(async (container) => {
        const id = shownIdOf(task, container);
        if (id === undefined) return [];
        const stats = await this.#statsOf(task, container);
        return [[id, stats === undefined ? null : shownStats(stats, generation)] as const];
      }),
    );
    return jsonAnswer(200, Object.fromEntries(entries.flat()));
  }

  async #statsOf(task: EngineTask, { name, runtimeId, known }: EngineContainer): Promise<ContainerStats | undefined> {
    if (runtimeId === undefined || known !== 'RUNNING') return undefined;
    const namespaceId = (networkHolder(task, name) ?? pauseContainer(task))?.runtimeId;
    return this.#deps.stats.of({ runtimeId, ...(namespaceId === undefined ? {} : { namespaceId }) });
  }

  async #detailsOf(task: EngineTask, { name, runtimeId }: EngineContainer): Promise<ContainerDetails | undefined> {
    const { runtime } = this.#deps;
    const own = runtimeId === undefined ? undefined : await runtime.describeContainer(runtimeId);
    const holderId = networkHolder(task, name)?.runtimeId;
    const holder = holderId === undefined ? undefined : await runtime.describeContainer(holderId);
    return own === undefined || holder === undefined ? own : { ...own, addresses: holder.addresses };
  }
}

const notHere: EndpointAnswer = { status: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' };
const notAllowed: EndpointAnswer = { status: 405, contentType: 'text/plain; charset=utf-8', body: '' };

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function shownStats({ sample, rates }: ContainerStats, generation: Generation): Readonly<Record<string, unknown>> {
  return generation === 4 && rates !== undefined ? { ...sample, network_rate_stats: rates } : sample;
}

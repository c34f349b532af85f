import { type ManualClock, unreachable } from '#base';
import { clusterArn, defaultAccountId, type Service, type Task } from '#model';
import type { Auditor } from '../audit/auditor.ts';
import type { ExternalPlan } from '../plan/externals.ts';
import { clusterNames } from '../plan/hosts.ts';
import type { OperationPlan } from '../plan/operations.ts';
import type { Entry, Plan } from '../plan/plan.ts';
import type { ServiceShape } from '../plan/services.ts';
import { Draw } from '../world/draw.ts';
import type { Host } from '../world/host.ts';
import { region } from '../world/incarnation.ts';
import { answerHook, deleteCluster, protectTasks, retireDefinitions, startTask } from './administration.ts';
import { prepareFronts, type ServiceFront } from './balancers.ts';
import { fargateProviders, interruptSpot, runByStrategy } from './capacity.ts';
import { type Answer, type Client, isRefusal } from './client.ts';
import { onExternal } from './externals.ts';
import { prepareNames } from './names.ts';
import { askingForGpus, definitionOf, serviceOf, spotDefinition, standaloneDefinition } from './requests.ts';

interface UsersDeps {
  readonly clock: ManualClock;
  readonly plan: Plan;
  /** Programs of the account that owns the services. */
  readonly user: Client;
  /** Whoever runs the Fargate pool. */
  readonly platform: Client;
  readonly hosts: readonly Host[];
  readonly auditor: Auditor;
  readonly log: (who: string, what: string) => void;
  /** A user saw something that must not be. */
  readonly fail: (error: unknown) => void;
}

/** Attempts of whoever tidies up: the control plane's last crash may keep it away for some minutes more. */
const patience = 40;

/** Everyone who uses the control plane: they do what the plan says, one thing after the other for each service. */
export class Users {
  readonly #deps: UsersDeps;
  /** The last thing done to each service: the next waits for it. */
  readonly #queues = new Map<string, Promise<void>>();
  #subnets: readonly string[] = [];
  /** ARNs of Cloud Map services, by the name of the service whose tasks are in them. */
  #registries: ReadonlyMap<string, string> = new Map();
  /** By the name of the service. */
  #fronts: ReadonlyMap<string, ServiceFront> = new Map();
  #ready: Promise<void> | undefined;
  #calm = false;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
  }

  /** Makes the clusters and the definitions of standalone tasks, and sets the plan going. */
  start(): void {
    const { clock, plan } = this.#deps;
    this.#ready = this.#prepare();
    void this.#ready.catch((error: unknown) => this.#deps.fail(error));
    for (const operation of plan.operations) {
      clock.setTimer(operation.atMs, () => {
        const queue = queueOf(operation);
        this.#enqueue(queue, operation.id, () => this.#perform(operation));
      });
    }
  }

  /** Faults are over: what is left to do by hand until everything can be as it should be. */
  async tidyUp(): Promise<void> {
    this.#calm = true;
    await Promise.all(this.#queues.values());
    const { hosts, auditor, plan } = this.#deps;
    // Hosts replaced just now are to have registered.
    await this.#deps.user.pause(60_000);
    const current = new Set(hosts.map((host) => host.agent.containerInstanceArn));
    const registered = Array.from(auditor.replica.table('containerInstances').values());
    for (const instance of registered) {
      if (instance.status === 'INACTIVE') continue;
      const client = this.#operatorOf(instance.pool);
      const { containerInstanceArn: arn, clusterArn: cluster } = instance;
      if (!current.has(arn)) {
        const input = { cluster, containerInstance: arn, force: true };
        await client.call('DeregisterContainerInstance', input, patience).catch(gone);
      } else if (instance.status === 'DRAINING') {
        const input = { cluster, containerInstances: [arn], status: 'ACTIVE' };
        await client.call('UpdateContainerInstancesState', input, patience);
      }
    }
    for (const shape of [...plan.services, ...plan.externals]) await this.#finalCount(shape);
  }

  /** What a user does about a deployment that was given up. */
  async redeployFailed(): Promise<void> {
    for (const service of this.#deps.auditor.replica.table('services').values()) {
      const primary = service.deployments.find(({ status }) => status === 'PRIMARY');
      if (service.status !== 'ACTIVE' || primary?.rolloutState !== 'FAILED') continue;
      const { clusterArn: cluster, serviceName } = service;
      await this.#deps.user
        .call(
          'UpdateService',
          { cluster, service: serviceName, forceNewDeployment: true, ...unhooked(service) },
          patience,
        )
        .catch(gone);
    }
  }

  async #prepare(): Promise<void> {
    const { plan } = this.#deps;
    for (const clusterName of clusterNames(plan.options)) {
      await this.#insist('CreateCluster', { clusterName, capacityProviders: fargateProviders });
    }
    for (const family of ['job', 'daemon']) await this.#insist('RegisterTaskDefinition', standaloneDefinition(family));
    await this.#insist('RegisterTaskDefinition', spotDefinition);
    const network = await this.#insist('roadstead:DescribeNetwork', {});
    this.#subnets = network.subnets.map(({ subnetId }: { subnetId: string }) => subnetId);
    const discovered = plan.services.filter((shape) => shape.discovered).map(({ name }) => name);
    this.#registries = await prepareNames(this.#deps.user, network.vpcId, discovered);
    const balanced = plan.services.filter((shape) => shape.balanced).map(({ name }) => name);
    this.#fronts = await prepareFronts(this.#deps.user, { vpcId: network.vpcId, subnets: this.#subnets }, balanced);
  }

  async #insist(operation: string, input: object): Promise<Answer> {
    return await this.#deps.user.call(operation, input, 1_000);
  }

  #enqueue(queue: string, id: string, work: () => Promise<string>): void {
    const { log, fail } = this.#deps;
    const before = this.#queues.get(queue) ?? this.#ready;
    const done = (async () => {
      await before;
      try {
        log(id, await work());
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error)) return fail(error);
        log(id, isRefusal(error) ? `refused: ${error.message}` : `gave up: ${error.message}`);
      }
    })();
    this.#queues.set(queue, done);
  }

  async #perform(operation: Entry<OperationPlan | ExternalPlan>): Promise<string> {
    this.#deps.log(operation.id, describe(operation));
    const { plan } = this.#deps;
    const draw = new Draw(plan.options.seed, `calls of ${operation.id}`);
    const user = this.#deps.user.at(draw);
    const operator = (host: Host): Client => (host.plan.launchType === 'FARGATE' ? this.#deps.platform.at(draw) : user);
    if ('external' in operation) {
      const shape = plan.externals[operation.external];
      if (shape === undefined) return 'there is no such service';
      return await onExternal(operation, shape, user, { auditor: this.#deps.auditor, subnets: this.#subnets });
    }
    switch (operation.do) {
      case 'create-service':
      case 'scale-service':
      case 'roll-service':
      case 'redeploy-service':
      case 'reconsider-service':
      case 'delete-service': {
        const shape = plan.services[operation.service];
        return shape === undefined ? 'there is no such service' : await this.#onService(operation, shape, user);
      }
      case 'run-task':
        return await this.#runTask(operation, user);
      case 'stop-task':
        return await this.#stopTask(operation, user);
      case 'protect-tasks':
        return await protectTasks(operation, user, this.#deps.auditor);
      case 'drain-host':
        return await this.#drain(operation, operator);
      case 'deregister-host':
        return await this.#deregister(operation, operator);
      case 'look':
        return await this.#look(operation.cluster, user);
      case 'start-task':
        return await startTask(operation.id, this.#host(operation.host), user, this.#deps.auditor);
      case 'release-service':
        return await this.#release(operation.service, user);
      case 'answer-hook': {
        const shape = plan.services[operation.service];
        return shape === undefined ? 'there is no such service' : await answerHook(operation.action, shape, user);
      }
      case 'delete-cluster':
        return await deleteCluster(operation, user, this.#deps.auditor);
      case 'run-strategy':
        return await runByStrategy(operation, user, this.#deps.auditor, this.#subnets);
      case 'interrupt-spot':
        return await interruptSpot(operation, user, this.#deps.auditor);
      default:
        return unreachable(operation);
    }
  }

  async #onService(
    operation: Exclude<
      Extract<Entry<OperationPlan>, { readonly service: number }>,
      { readonly do: 'release-service' | 'answer-hook' }
    >,
    shape: ServiceShape,
    user: Client,
  ): Promise<string> {
    const { name: service, cluster } = shape;
    switch (operation.do) {
      case 'create-service': {
        const definition = await this.#register(shape, user);
        const wanted = {
          definition,
          count: operation.count,
          token: `token-${operation.id}`,
          subnets: this.#subnets,
          registryArn: this.#registries.get(service),
          front: this.#fronts.get(service),
        };
        const answer = await user.call('CreateService', serviceOf(shape, wanted));
        this.#deps.auditor.promises.acknowledged('services', answer.service.serviceArn);
        return `${service} created`;
      }
      case 'scale-service':
        if (shape.daemon) return `${service} counts for itself`;
        await user.call('UpdateService', { cluster, service, desiredCount: operation.count });
        return `${service} scaled`;
      case 'roll-service': {
        const taskDefinition = await this.#register(shape, user);
        const count = operation.count === undefined || shape.daemon ? {} : { desiredCount: operation.count };
        await user.call('UpdateService', { cluster, service, taskDefinition, ...count });
        return `${service} gets ${taskDefinition}`;
      }
      case 'reconsider-service':
        return await this.#reconsider(operation, shape, user);
      case 'redeploy-service':
        await user.call('UpdateService', { cluster, service, forceNewDeployment: true });
        return `${service} redeployed`;
      case 'delete-service':
        await user.call('DeleteService', { cluster, service, force: true });
        return `${service} deleted`;
      default:
        return unreachable(operation);
    }
  }

  /** Something is released and, before it is there, something else, or what was there before. */
  async #reconsider(
    { afterMs, by }: { readonly afterMs: number; readonly by: 'roll' | 'stop' },
    shape: ServiceShape,
    user: Client,
  ): Promise<string> {
    const { name: service, cluster } = shape;
    const taskDefinition = await this.#register(shape, user);
    await user.call('UpdateService', { cluster, service, taskDefinition });
    if (!this.#calm) await user.pause(afterMs);
    if (by === 'roll') {
      await user.call('UpdateService', { cluster, service, forceNewDeployment: true });
      return `${service} gets ${taskDefinition}, twice`;
    }
    const { services } = await user.call('DescribeServices', { cluster, services: [service] });
    const serviceDeploymentArn: string = services[0].currentServiceDeployment;
    await user.call('StopServiceDeployment', { serviceDeploymentArn });
    return `${service} is to go back from ${taskDefinition}`;
  }

  /** A release as a pipeline makes one: the service gets a new revision, and those before it are to go. */
  async #release(service: number, user: Client): Promise<string> {
    const shape = this.#deps.plan.services[service];
    if (shape === undefined) return 'there is no such service';
    const taskDefinition = await this.#register(shape, user);
    await user.call('UpdateService', { cluster: shape.cluster, service: shape.name, taskDefinition });
    return await retireDefinitions(shape.name, user);
  }

  async #register(shape: ServiceShape, user: Client): Promise<string> {
    const answer = await user.call('RegisterTaskDefinition', definitionOf(shape));
    const arn: string = answer.taskDefinition.taskDefinitionArn;
    this.#deps.auditor.promises.acknowledged('taskDefinitions', arn);
    return arn;
  }

  async #runTask(operation: Extract<Entry<OperationPlan>, { readonly do: 'run-task' }>, user: Client): Promise<string> {
    const { auditor } = this.#deps;
    const { id, cluster, count, family, token, gpus } = operation;
    if (token) auditor.promises.once(id, count);
    const input = {
      cluster,
      taskDefinition: family,
      count,
      startedBy: id,
      placementStrategy: [{ type: 'random' }],
      ...(gpus === 0 ? {} : { overrides: askingForGpus(gpus) }),
      ...(token ? { clientToken: `token-${id}` } : {}),
    };
    const { tasks } = await user.call('RunTask', input, token ? 8 : 1);
    for (const { taskArn } of tasks) auditor.promises.acknowledged('tasks', taskArn);
    return `${tasks.length} tasks`;
  }

  async #stopTask(
    { cluster, pick }: Extract<OperationPlan, { readonly do: 'stop-task' }>,
    user: Client,
  ): Promise<string> {
    const { auditor } = this.#deps;
    const own = clusterArn({ accountId: defaultAccountId, region }, cluster);
    const tasks: Task[] = [];
    for (const task of auditor.replica.table('tasks').values()) {
      if (task.clusterArn === own && task.desiredStatus === 'RUNNING') tasks.push(task);
    }
    const task = tasks[pick % Math.max(1, tasks.length)];
    if (task === undefined) return 'there is no task';
    await user.call('StopTask', { cluster, task: task.taskArn, reason: 'stopped by a user' });
    return `${task.taskArn} is to stop`;
  }

  async #drain(
    { host: index, forMs }: Extract<OperationPlan, { readonly do: 'drain-host' }>,
    operator: (host: Host) => Client,
  ): Promise<string> {
    const host = this.#host(index);
    const arn = host?.agent.containerInstanceArn;
    if (host === undefined || arn === undefined) return 'there is no such host';
    const client = operator(host);
    const request = { cluster: host.plan.cluster, containerInstances: [arn] };
    await client.call('UpdateContainerInstancesState', { ...request, status: 'DRAINING' });
    if (!this.#calm) await client.pause(forMs);
    await client.call('UpdateContainerInstancesState', { ...request, status: 'ACTIVE' });
    return `${arn} was drained`;
  }

  async #deregister(
    { host: index, force, backAfterMs }: Extract<OperationPlan, { readonly do: 'deregister-host' }>,
    operator: (host: Host) => Client,
  ): Promise<string> {
    const host = this.#host(index);
    const arn = host?.agent.containerInstanceArn;
    if (host === undefined || arn === undefined || host.down) return 'there is no such host';
    const client = operator(host);
    try {
      await client.call('DeregisterContainerInstance', { cluster: host.plan.cluster, containerInstance: arn, force });
    } catch (error) {
      // Refused because an earlier attempt worked and its answer got lost: then the host is to be replaced as well.
      const gone = this.#deps.auditor.replica.table('containerInstances').get(arn)?.status === 'INACTIVE';
      if (isRefusal(error) && !gone) throw error;
    }
    if (!this.#calm) await client.pause(backAfterMs);
    // Replaced by a host of the same kind.
    host.crash(false);
    host.reimage();
    host.recover();
    return `${arn} is replaced`;
  }

  /** Reads as users do; what an answer may say is checked as it leaves. */
  async #look(cluster: string, user: Client): Promise<string> {
    const { taskArns } = await user.call('ListTasks', { cluster });
    const { serviceArns } = await user.call('ListServices', { cluster });
    if (serviceArns.length > 0) await user.call('DescribeServices', { cluster, services: serviceArns.slice(0, 10) });
    if (taskArns.length > 0) await user.call('DescribeTasks', { cluster, tasks: taskArns.slice(0, 100) });
    return `${taskArns.length} tasks, ${serviceArns.length} services`;
  }

  /** Whatever the faults left, a service of the end has a count that is known. */
  async #finalCount(shape: ServiceShape): Promise<void> {
    const { user } = this.#deps;
    if (shape.daemon) return;
    const desiredCount = Math.max(shape.minCount, Math.ceil(shape.maxCount / 2));
    const input = { cluster: shape.cluster, service: shape.name, desiredCount };
    await user.call('UpdateService', input, patience).catch(gone);
  }

  #operatorOf(pool: string | undefined): Client {
    return pool === 'fargate' ? this.#deps.platform : this.#deps.user;
  }

  #host(index: number): Host | undefined {
    return this.#deps.hosts[index % Math.max(1, this.#deps.hosts.length)];
  }
}

/** Nobody is left to answer hooks. */
function unhooked({ deploymentConfiguration }: Service): object {
  return deploymentConfiguration.lifecycleHooks === undefined
    ? {}
    : { deploymentConfiguration: { lifecycleHooks: [] } };
}

/** Not there, or no longer: nothing to do. */
function gone(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

/** One thing after the other for each service; nothing else waits for anything. */
function queueOf(operation: Entry<OperationPlan | ExternalPlan>): string {
  if ('external' in operation) return `external ${operation.external}`;
  return 'service' in operation ? `service ${operation.service}` : operation.id;
}

function describe(operation: Entry<OperationPlan | ExternalPlan>): string {
  const { id: _, atMs: __, ...rest } = operation;
  return JSON.stringify(rest);
}

import { Ids, type Instant, instantFromMs, SeededRandom } from '#base';
import {
  applyTaskReport,
  attachInterface,
  clusterArn,
  containerInstanceArn,
  defaultAccountId,
  newDeploymentId,
  newTask,
  placeTask,
  platformAccountId,
  type Region,
  serviceArn,
  type Task,
  type TaskDefinition,
  type TaskInterface,
  type TaskSpec,
  taskDefinitionArn,
} from '#model';

const region = 'eu-central-1' as Region;
const scope = { accountId: defaultAccountId, region };
const clusterName = 'production';
const tasksPerService = 20;
const hosts = 5000;

/** What a service of the population says of its tasks. */
interface PopulationService {
  readonly definition: TaskDefinition;
  readonly spec: Omit<TaskSpec, 'tags'>;
  readonly tags: TaskSpec['tags'];
  readonly imageDigest: string;
}

/**
 * `count` tasks as the control plane makes them, each moved from nothing to RUNNING by the model's own functions and by
 * reports that were JSON: services of 20 awsvpc tasks with an application container and tags of theirs, about 2.4 KB of
 * JSON each, over 5,000 hosts.
 */
export class TaskPopulation {
  readonly count: number;
  readonly #ids = new Ids(new SeededRandom(1));
  readonly #subnets = [1, 2, 3].map(() => `subnet-${this.#hex(17)}`);
  readonly #securityGroups = [`sg-${this.#hex(17)}`];
  readonly #hosts = Array.from({ length: hosts }, () =>
    containerInstanceArn({ accountId: platformAccountId, region }, 'fargate', this.#hex(32)),
  );
  readonly #services: readonly PopulationService[];

  constructor(count: number) {
    this.count = count;
    const services = Math.ceil(count / tasksPerService);
    this.#services = Array.from({ length: services }, (_, index) => this.#service(index));
  }

  /** The task just made and placed. */
  created(index: number): Task {
    const service = this.#serviceOf(index);
    const name = service.spec.group.slice('service:'.length);
    const managed = [
      { key: 'aws:ecs:clusterName', value: clusterName },
      { key: 'aws:ecs:serviceName', value: name },
    ];
    const spec = { ...service.spec, tags: [...service.tags, ...managed] };
    const task = newTask(service.definition, spec, at(index, 0), this.#ids);
    return placeTask(task, this.#hosts[index % hosts] ?? fail(), `${region}${'abc'[index % 3]}`);
  }

  /** With its interface. */
  attached(task: Task, index: number): Task {
    return attachInterface(task, this.#interface(task, index), at(index, 150));
  }

  /** As its agent says that it runs. */
  running(task: Task, index: number): Task {
    const container = {
      name: 'app',
      status: 'RUNNING' as const,
      runtimeId: this.#hex(64),
      imageDigest: this.#serviceOf(index).imageDigest,
    };
    const pulled = { pullStartedAt: at(index, 200), pullStoppedAt: at(index, 2000) };
    const report = { status: 'RUNNING' as const, containers: [container], ...pulled };
    return applyTaskReport(task, JSON.parse(JSON.stringify(report)) as typeof report, at(index, 2900));
  }

  /** All of it at once, for those who keep no store. */
  *tasks(): Generator<Task, void, undefined> {
    for (let index = 0; index < this.count; index++) {
      yield this.running(this.attached(this.created(index), index), index);
    }
  }

  #service(index: number): PopulationService {
    const name = `shop-backend-${index}`;
    const deploymentId = newDeploymentId(this.#ids);
    const team = index % 50;
    return {
      definition: definitionOf(`shop-backend-${index % 500}`),
      spec: {
        scope,
        clusterArn: clusterArn(scope, clusterName),
        launchType: 'FARGATE',
        platformVersion: '1.4.0',
        group: `service:${name}`,
        overrides: { containerOverrides: [] },
        placementConstraints: [],
        enableExecuteCommand: false,
        startedBy: deploymentId,
        serviceArn: serviceArn(scope, clusterName, name),
        deploymentId,
        networkConfiguration: {
          subnets: this.#subnets,
          securityGroups: this.#securityGroups,
          assignPublicIp: 'DISABLED',
        },
      },
      tags: [
        { key: 'team', value: `team-${team}` },
        { key: 'environment', value: 'production' },
        { key: 'cost-center', value: `cc-${1000 + team}` },
      ],
      imageDigest: `sha256:${this.#hex(64)}`,
    };
  }

  #interface(task: Task, index: number): TaskInterface {
    const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    return {
      ...scope,
      networkInterfaceId: `eni-${this.#hex(17)}`,
      attachmentId: task.attachment?.id ?? '',
      taskArn: task.taskArn,
      subnetId: this.#subnets[index % 3] ?? fail(),
      securityGroups: this.#securityGroups,
      macAddress: `0a:${this.#hex(2)}:${this.#hex(2)}:${this.#hex(2)}:${this.#hex(2)}:${this.#hex(2)}`,
      privateIpv4Address: address,
      subnetGatewayIpv4Address: '10.0.0.1/8',
      privateDnsName: `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`,
    };
  }

  #serviceOf(index: number): PopulationService {
    return this.#services[Math.floor(index / tasksPerService)] ?? fail();
  }

  #hex(length: number): string {
    return this.#ids.hex(length);
  }
}

function definitionOf(family: string): TaskDefinition {
  return {
    ...scope,
    family,
    taskDefinitionArn: taskDefinitionArn(scope, family, 7),
    revision: 7,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    cpu: '512',
    memory: '1024',
    volumes: [],
    placementConstraints: [],
    requiresAttributes: [],
    compatibilities: ['EC2', 'FARGATE'],
    registeredAt: at(0, 0),
    registeredBy: `arn:aws:iam::${scope.accountId}:root`,
    tags: [],
    containerDefinitions: [
      {
        name: 'app',
        image: `registry.example.com/shop/${family}:1.42.0`,
        essential: true,
        cpu: 0,
        portMappings: [{ containerPort: 8080, protocol: 'tcp' }],
        healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/health'] },
      },
    ],
  };
}

function at(index: number, ms: number): Instant {
  return instantFromMs(1_790_000_000_000 + index * 7 + ms);
}

function fail(): never {
  throw new Error('the population is larger than was said');
}

import { Fault } from '#base';
import type { PayloadTask } from '#wire/link';
import { type LogRouter, routedOptions, routerSecrets } from './router.ts';

/** One input or output of a router. */
export interface RouterPlugin {
  readonly name: string;
  /** Of an input the tag it gives, of an output the tags it takes; absent: those that come with the records. */
  readonly tag?: string;
  readonly options: readonly (readonly [string, string])[];
}

/** What a router is told to do, in the order of its file. */
export interface RouterConfiguration {
  readonly inputs: readonly RouterPlugin[];
  /** On the record's `log`: only what fits goes on, or only what does not. */
  readonly filters: readonly { readonly keep: boolean; readonly tag: string; readonly pattern: string }[];
  /** Added to every record. */
  readonly fields: readonly (readonly [string, string])[];
  /** A file of the router's. */
  readonly include?: string;
  readonly outputs: readonly RouterPlugin[];
}

export interface RouterFacts {
  /** Of the host, where it has one. */
  readonly instanceId?: string;
}

/** Where a router's socket is inside its container. */
const socketPath = '/var/run/fluent.sock';
export const forwardPort = 24_224;
const healthPort = 8877;
const healthTag = 'firelens-healthcheck';
/** MB that a router may hold of its input when nothing says how much memory it has. */
const memoryBufferMb = 25;

/**
 * The configuration of a task's router: a unix socket that the engine writes to, a port for the task's own processes
 * where its network mode gives it one, what ECS adds to records, and where each container's lines go. Throws Fault
 * `Firelens`. Source: the configuration that ECS's agent makes, and "Example Amazon ECS task definition: Route logs to
 * FireLens".
 */
export function routerConfiguration(task: PayloadTask, router: LogRouter, facts: RouterFacts): RouterConfiguration {
  const any = router.type === 'fluentd' ? '**' : '*';
  const routed = task.containers.flatMap((container) => {
    const options = routedOptions(container);
    if (options === undefined) return [];
    return [routedContainer(container.name, { ...options, ...secretOptions(task, router, container.name) }, router)];
  });
  const health = networkOf(task) !== undefined && router.type === 'fluentbit';
  return {
    inputs: [...inputs(task, router), ...(health ? [healthInput] : [])],
    filters: [true, false].flatMap((keep) =>
      routed.flatMap(({ tag, patterns }) =>
        patterns.filter((one) => one.keep === keep).map(({ pattern }) => ({ keep, tag: `${tag}${any}`, pattern })),
      ),
    ),
    fields: router.metadata ? metadata(task, router, facts) : [],
    ...(router.include === undefined ? {} : { include: includedPath(router.include, router.type) }),
    outputs: [
      ...(health ? [{ name: 'null', tag: healthTag, options: [] }] : []),
      ...routed.flatMap(({ tag, output }) => (output === undefined ? [] : [{ ...output, tag: `${tag}${any}` }])),
    ],
  };
}

/** Where the router finds the file to include. One from S3 is put beside its own. */
export function includedPath({ from, value }: NonNullable<LogRouter['include']>, type: LogRouter['type']): string {
  if (from === 'file') return value;
  return type === 'fluentd' ? '/fluentd/etc/external.conf' : '/fluent-bit/etc/external.conf';
}

/** The address that the router's port is bound to; `undefined` in a network mode that gives it none. */
function networkOf({ networkMode }: PayloadTask): string | undefined {
  if (networkMode === 'bridge') return '0.0.0.0';
  return networkMode === 'awsvpc' ? '127.0.0.1' : undefined;
}

const healthInput: RouterPlugin = {
  name: 'tcp',
  tag: healthTag,
  options: [
    ['Listen', '127.0.0.1'],
    ['Port', String(healthPort)],
  ],
};

function inputs(task: PayloadTask, router: LogRouter): readonly RouterPlugin[] {
  const bound = networkOf(task);
  const port = String(forwardPort);
  if (router.type === 'fluentd') {
    const socket: RouterPlugin = { name: 'unix', options: [['path', socketPath]] };
    if (bound === undefined) return [socket];
    const listener: RouterPlugin['options'] = [
      ['bind', bound],
      ['port', port],
    ];
    return [socket, { name: 'forward', options: listener }];
  }
  const socket: RouterPlugin['options'] = [
    ['Mem_Buf_Limit', `${memoryBuffer(router)}MB`],
    ['unix_path', socketPath],
  ];
  if (bound === undefined) return [{ name: 'forward', options: socket }];
  const listener: RouterPlugin['options'] = [
    ['Listen', bound],
    ['Port', port],
  ];
  return [
    { name: 'forward', options: socket },
    { name: 'forward', options: listener },
  ];
}

/** Half of the memory that the router has, in MB. */
function memoryBuffer({ container }: LogRouter): number {
  const { MemoryReservation = 0 } = JSON.parse(container.dockerConfig.hostConfig || '{}') as {
    readonly MemoryReservation?: number;
  };
  const memoryMiB = MemoryReservation > 0 ? Math.floor(MemoryReservation / 1024 ** 2) : container.memory;
  const half = Math.floor(memoryMiB / 2);
  return half > 0 ? half : memoryBufferMb;
}

/** Placeholders that the router fills from its environment. */
function secretOptions(task: PayloadTask, { type }: LogRouter, container: string): Readonly<Record<string, string>> {
  const own = routerSecrets(task.containers).filter((secret) => secret.container === container);
  return Object.fromEntries(
    own.map(({ option, variable }) => [option, type === 'fluentd' ? `"#{ENV['${variable}']}"` : `\${${variable}}`]),
  );
}

function metadata(task: PayloadTask, router: LogRouter, { instanceId }: RouterFacts): RouterConfiguration['fields'] {
  const cluster = task.taskClusterArn.slice(task.taskClusterArn.lastIndexOf('/') + 1);
  // Hosts of the platform's own, and those outside of any cloud, are not told of.
  const onInstance = router.container.environment['AWS_EXECUTION_ENV'] === 'AWS_ECS_EC2';
  return [
    ...(onInstance && instanceId !== undefined ? [['ec2_instance_id', instanceId] as const] : []),
    ['ecs_cluster', cluster],
    ['ecs_task_arn', task.arn],
    ['ecs_task_definition', `${task.family}:${task.version}`],
  ];
}

interface RoutedContainer {
  /** The beginning of its records' tags. */
  readonly tag: string;
  readonly patterns: readonly { readonly keep: boolean; readonly pattern: string }[];
  readonly output?: RouterPlugin;
}

/** Options that are ECS's own; all others are the output's. */
const patternOptions: Readonly<Record<string, boolean>> = { 'include-pattern': true, 'exclude-pattern': false };

function routedContainer(
  container: string,
  given: Readonly<Record<string, string>>,
  { type }: LogRouter,
): RoutedContainer {
  const { 'log-driver-buffer-limit': _ofTheEngine, ...options } = given;
  const kind = type === 'fluentd' ? '@type' : 'Name';
  const names = Object.keys(options).sort();
  const patterns = names.flatMap((name) => {
    const keep = patternOptions[name];
    return keep === undefined ? [] : [{ keep, pattern: options[name] ?? '' }];
  });
  const rest = names.filter((name) => name !== kind && patternOptions[name] === undefined);
  const tag = `${container}-firelens`;
  const output = options[kind];
  if (output === undefined) {
    // An output may be in the file that is included.
    if (rest.length === 0) return { tag, patterns };
    throw new Fault(
      'Firelens',
      `Unable to generate firelens config file: unable to generate firelens config: unable to apply log options of container ${container} to firelens config: missing output key ${kind} which is required for firelens configuration of type ${type}`,
    );
  }
  return { tag, patterns, output: { name: output, options: rest.map((name) => [name, options[name] ?? ''] as const) } };
}

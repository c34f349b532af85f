import type { PayloadContainer, PayloadSecret, PayloadTask } from '#wire/link';
import { needsValues } from '../../secrets/references.ts';

/** The log driver of a container whose output goes to the task's log router. */
export const routedDriver = 'awsfirelens';

/** Where the file of settings comes from that a router includes: its own image, or an object of S3 by its ARN. */
export interface RouterInclude {
  readonly from: 'file' | 's3';
  readonly value: string;
}

/** A task's log router, as its container's `firelensConfiguration` says. */
export interface LogRouter {
  readonly container: PayloadContainer;
  readonly type: 'fluentbit' | 'fluentd';
  /** What ECS knows of the task is added to every record. */
  readonly metadata: boolean;
  readonly include?: RouterInclude;
}

/** Engine's LogConfig of a container as the payload has it. */
interface LogConfig {
  readonly Type?: string;
  readonly Config?: Readonly<Record<string, string>>;
}

/** The task's log router; `undefined` when it has none. Its definition was looked at by {@link routerProblem}. */
export function routerOf({ containers }: Pick<PayloadTask, 'containers'>): LogRouter | undefined {
  const container = containers.find(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (container?.firelensConfiguration === undefined) return undefined;
  const { type, options = {} } = container.firelensConfiguration;
  const from = options['config-file-type'];
  const value = options['config-file-value'];
  return {
    container,
    type: type === 'fluentd' ? 'fluentd' : 'fluentbit',
    metadata: isTrue(options['enable-ecs-log-metadata'] ?? 'true'),
    ...(from === undefined || value === undefined ? {} : { include: { from: from === 's3' ? 's3' : 'file', value } }),
  };
}

/** As Go's `strconv.ParseBool` reads it; anything else is false. Source: the option in ECS's agent. */
function isTrue(text: string): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}

/** The options of a container whose output goes to the router; `undefined` when it goes elsewhere. */
export function routedOptions({ dockerConfig }: PayloadContainer): Readonly<Record<string, string>> | undefined {
  const text = dockerConfig?.hostConfig;
  const { LogConfig } = JSON.parse(text === undefined || text === '' ? '{}' : text) as {
    readonly LogConfig?: LogConfig;
  };
  return LogConfig?.Type === routedDriver ? (LogConfig.Config ?? {}) : undefined;
}

/** Why the task's log router cannot be; `undefined` when it can, or when there is none and none is needed. */
export function routerProblem(containers: readonly PayloadContainer[]): string | undefined {
  const routers = containers.filter(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (routers.length > 1) return 'task has more than one log router';
  const routed = containers.find((container) => routedOptions(container) !== undefined);
  const [router] = routers;
  if (router?.firelensConfiguration === undefined) {
    return routed && `container ${routed.name} logs with ${routedDriver}, and the task has no log router`;
  }
  const { type, options = {} } = router.firelensConfiguration;
  if (type !== 'fluentd' && type !== 'fluentbit') return `invalid firelens configuration type: ${type}`;
  if (routedOptions(router) !== undefined) return `log router ${router.name} logs with ${routedDriver} to itself`;
  const from = options['config-file-type'];
  if (from === undefined) return undefined;
  if (from !== 's3' && from !== 'file') return `invalid value ${from} is specified for option config-file-type`;
  return options['config-file-value'] === undefined
    ? 'option config-file-type is specified but config-file-value is not specified'
    : undefined;
}

/**
 * The containers, those that log to the router waiting for its START, unless the router waits for them. It is stopped
 * after them then. Source: "Send Amazon ECS logs to an AWS service or AWS Partner".
 */
export function routerFirst(containers: readonly PayloadContainer[]): readonly PayloadContainer[] {
  const router = routerOf({ containers })?.container;
  if (router === undefined) return containers;
  const before = prerequisites(containers, router.name);
  return containers.map((container) => {
    if (routedOptions(container) === undefined || before.has(container.name)) return container;
    const dependsOn = container.dependsOn ?? [];
    if (dependsOn.some(({ containerName }) => containerName === router.name)) return container;
    return { ...container, dependsOn: [...dependsOn, { containerName: router.name, condition: 'START' as const }] };
  });
}

/** All that a container waits for, however far. */
function prerequisites(containers: readonly PayloadContainer[], name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (one: string): void => {
    const container = containers.find((candidate) => candidate.name === one);
    const next = [
      ...(container?.dependsOn ?? []).map(({ containerName }) => containerName),
      ...(container?.links ?? []).map((link) => link.split(':', 1)[0] ?? link),
      ...(container?.volumesFrom ?? []).map(({ sourceContainer }) => sourceContainer),
    ];
    for (const dependency of next) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(name);
  return found;
}

/** A log option that is a secret: the router finds its value in the variable of its environment. */
export interface RouterSecret {
  readonly container: string;
  readonly option: string;
  /** `<option>_<index of the container in the task>`, as ECS's agent names it. */
  readonly variable: string;
  readonly secret: PayloadSecret;
}

/** The secret log options of all containers that log to the router. */
export function routerSecrets(containers: readonly PayloadContainer[]): readonly RouterSecret[] {
  return containers.flatMap((container, index) => {
    if (routedOptions(container) === undefined) return [];
    return (container.secrets ?? [])
      .filter(({ target }) => target === 'LOG_DRIVER')
      .map((secret) => ({
        container: container.name,
        option: secret.name,
        variable: `${secret.name}_${index}`,
        secret,
      }));
  });
}

/** Whether a container is made only once values are fetched: its own, or the secret log options that a router is told. */
export function awaitsValues(task: Pick<PayloadTask, 'containers'>, definition: PayloadContainer): boolean {
  if (needsValues(definition)) return true;
  return routerOf(task)?.container.name === definition.name && routerSecrets(task.containers).length > 0;
}

/** The router's variables of secret log options, from what was fetched; what was not fetched has none. */
export function routerVariables(
  containers: readonly PayloadContainer[],
  fetched: (container: string, option: string) => string | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    routerSecrets(containers).flatMap(({ container, option, variable }) => {
      const value = fetched(container, option);
      return value === undefined ? [] : [[variable, value]];
    }),
  );
}

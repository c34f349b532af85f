import { shortId } from '#model';
import type { PayloadContainer, PayloadTask } from '#wire/link';
import type { RouterPaths } from '../../host/log-routers.ts';
import { forwardPort, includedPath } from './configuration.ts';
import { routedOptions, routerOf } from './router.ts';

export interface RoutingContext {
  readonly paths: RouterPaths;
  /** Of the router on the engine's own network, once it runs there. */
  readonly routerAddress?: string;
  /** What the router alone is told: secret log options, by the variables that its configuration names. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The engine does not wait for the router, neither at a container's start nor when the router is away. */
  readonly async: boolean;
}

/** What the task's router adds to a container: to itself its files, to others the way to it. */
export interface RoutingParts {
  readonly binds: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logConfig?: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}

const nothing: RoutingParts = { binds: [], environment: {} };

/** Source: what ECS's agent gives the containers of a task with a log router. */
export function routingParts(
  task: PayloadTask,
  definition: PayloadContainer,
  context: RoutingContext | undefined,
): RoutingParts {
  const router = routerOf(task);
  if (router === undefined || context === undefined) return nothing;
  const { paths, routerAddress, variables, async } = context;
  if (router.container.name === definition.name) {
    const own = router.type === 'fluentd' ? '/fluentd/etc/fluent.conf' : '/fluent-bit/etc/fluent-bit.conf';
    const { include } = router;
    return {
      binds: [
        `${paths.configuration}:${own}`,
        `${paths.sockets}:/var/run/`,
        ...(include?.from === 's3' ? [`${paths.external}:${includedPath(include, router.type)}`] : []),
      ],
      // The socket belongs to root, and fluentd's image would take another user.
      environment: { ...variables, ...(router.type === 'fluentd' ? { FLUENT_UID: '0' } : {}) },
    };
  }
  const options = routedOptions(definition);
  if (options === undefined) return nothing;
  const limit = options['log-driver-buffer-limit'];
  const host = task.networkMode === 'awsvpc' ? '127.0.0.1' : routerAddress;
  return {
    binds: [],
    environment: host === undefined ? {} : { FLUENT_HOST: host, FLUENT_PORT: String(forwardPort) },
    logConfig: {
      Type: 'fluentd',
      Config: {
        tag: `${definition.name}-firelens-${shortId(task.arn)}`,
        'fluentd-address': `unix://${paths.socket}`,
        'fluentd-async': String(async),
        'fluentd-sub-second-precision': 'true',
        ...(limit === undefined ? {} : { 'fluentd-buffer-limit': limit }),
      },
    },
  };
}

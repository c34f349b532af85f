import { type Clock, Fault } from '#base';
import { type Credentials, createJsonClient } from '#wire/client';
import type { Signer, Tag, TaskApi } from '../endpoints/task-api.ts';
import { createSender } from '../host/sender.ts';
import type { ControlPlaneApi, Endpoints, RegisteredInstance } from './control-plane.ts';

export interface LinkOptions {
  /** The control plane's API: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** ms. For a whole call, as ECS's agent has it. */
const callTimeoutMs = 42_000;

/** The control plane's API over HTTP, signed. */
export function createControlPlaneApi(options: LinkOptions, deps: { readonly clock: Clock }): ControlPlaneApi {
  const client = createJsonClient(
    {
      ...ecsApi,
      endpoint: options.endpoint,
      region: options.region,
      credentials: options.credentials,
    },
    { clock: deps.clock, send: createSender({ endpoint: options.endpoint, timeoutMs: callTimeoutMs }) },
  );
  return {
    async registerContainerInstance(input) {
      const { containerInstance } = (await client.call('RegisterContainerInstance', input)) as {
        containerInstance?: Partial<RegisteredInstance>;
      };
      if (containerInstance?.containerInstanceArn === undefined) throw unexpected('RegisterContainerInstance');
      return {
        containerInstanceArn: containerInstance.containerInstanceArn,
        attributes: containerInstance.attributes ?? [],
      };
    },
    async discoverPollEndpoint(input) {
      const { endpoint, telemetryEndpoint } = (await client.call('DiscoverPollEndpoint', input)) as Partial<Endpoints>;
      if (endpoint === undefined) throw unexpected('DiscoverPollEndpoint');
      return telemetryEndpoint === undefined ? { endpoint } : { endpoint, telemetryEndpoint };
    },
    async submitTaskStateChange(input, signal) {
      await client.call('SubmitTaskStateChange', input, signal);
    },
  };
}

/** The control plane's API as it is called on behalf of tasks, by the agent itself or as a role of the task. */
export function createTaskApi(options: LinkOptions, deps: { readonly clock: Clock }): TaskApi {
  const send = createSender({ endpoint: options.endpoint, timeoutMs: callTimeoutMs });
  const call = async (operation: string, input: object, { region, credentials, signal }: Signer): Promise<object> => {
    const client = createJsonClient(
      { ...ecsApi, endpoint: options.endpoint, region, credentials: credentials ?? options.credentials },
      { clock: deps.clock, send },
    );
    return client.call(operation, input, signal);
  };
  return {
    async listTagsForResource(input, as) {
      return ((await call('ListTagsForResource', input, as)) as { readonly tags?: readonly Tag[] }).tags ?? [];
    },
    getTaskProtection: (input, as) => call('GetTaskProtection', input, as),
    updateTaskProtection: (input, as) => call('UpdateTaskProtection', input, as),
  };
}

const ecsApi = { service: 'ecs', targetPrefix: 'AmazonEC2ContainerServiceV20141113' } as const;

function unexpected(operation: string): Fault {
  return new Fault('BadAnswer', `the answer to ${operation} has not what it must have`, { retryable: true });
}

import { type Clock, Fault } from '#base';
import { type Credentials, createJsonClient, type SendRequest } from '#wire/client';
import { http, loadHttps } from '../host/node-http.ts';
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
      service: 'ecs',
      targetPrefix: 'AmazonEC2ContainerServiceV20141113',
      endpoint: options.endpoint,
      region: options.region,
      credentials: options.credentials,
    },
    { clock: deps.clock, send: createSender(options.endpoint) },
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

function unexpected(operation: string): Fault {
  return new Fault('BadAnswer', `the answer to ${operation} has not what it must have`, { retryable: true });
}

/** HTTP with connections kept open: an agent reports in bursts. */
function createSender(endpoint: string): SendRequest {
  const transport = endpoint.startsWith('https:') ? loadHttps() : http;
  const agent = new transport.Agent({ keepAlive: true, maxSockets: 16 });
  return (call, signal) =>
    new Promise((resolve, reject) => {
      const outgoing = transport.request(call.url, {
        method: call.method,
        headers: { ...call.headers, 'content-length': String(call.body.length) },
        timeout: callTimeoutMs,
        agent,
        ...(signal === undefined ? {} : { signal }),
      });
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on('timeout', () => outgoing.destroy(new Fault('Timeout', 'no answer in time', { retryable: true })));
      outgoing.on('error', reject);
      outgoing.end(call.body);
    });
}

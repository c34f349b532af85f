import type * as LogsModule from '@aws-sdk/client-cloudwatch-logs';
import type * as Ec2Module from '@aws-sdk/client-ec2';
import type * as EcsModule from '@aws-sdk/client-ecs';
import type * as Elbv2Module from '@aws-sdk/client-elastic-load-balancing-v2';
import type * as SsmModule from '@aws-sdk/client-ssm';
import { assert } from '#base';
import type {
  ClientRequest,
  InputOf,
  OperationName,
  OutputOf,
  QueryClient,
  RoadsteadOperation,
  RoadsteadOperations,
} from '#wire/aws';
import type { Connection } from './connection.ts';
import { exitCodes } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { maskBody, maskHeader } from './masking.ts';
import type { CommandLineDeps, HttpRequest, HttpResponse } from './ports.ts';

type Ecs = typeof EcsModule;
type Logs = typeof LogsModule;
type Ec2 = typeof Ec2Module;
type Elbv2 = typeof Elbv2Module;
type Ssm = typeof SsmModule;

/** The control plane's APIs as one account. Calls throw the API's ApiError, or a Failure when nobody answers. */
export interface ControlPlane {
  readonly connection: Connection;
  readonly ecs: <Op extends OperationName<Ecs>>(operation: Op, input: InputOf<Ecs, Op>) => Promise<OutputOf<Ecs, Op>>;
  /** Systems Manager: sessions. */
  readonly ssm: <Op extends OperationName<Ssm>>(operation: Op, input: InputOf<Ssm, Op>) => Promise<OutputOf<Ssm, Op>>;
  /** CloudWatch Logs of a region. */
  readonly logs: <Op extends OperationName<Logs>>(
    region: string,
    operation: Op,
    input: InputOf<Logs, Op>,
  ) => Promise<OutputOf<Logs, Op>>;
  /** Elastic Load Balancing. The first call loads its shapes. */
  readonly elbv2: <Op extends OperationName<Elbv2>>(
    operation: Op,
    input: InputOf<Elbv2, Op>,
  ) => Promise<OutputOf<Elbv2, Op>>;
  /** Amazon EC2. The first call loads its shapes. */
  readonly ec2: <Op extends OperationName<Ec2>>(operation: Op, input: InputOf<Ec2, Op>) => Promise<OutputOf<Ec2, Op>>;
  readonly roadstead: <Op extends RoadsteadOperation>(
    operation: Op,
    input: RoadsteadOperations[Op]['input'],
  ) => Promise<RoadsteadOperations[Op]['output']>;
}

const services = {
  ecs: 'AmazonEC2ContainerServiceV20141113',
  logs: 'Logs_20140328',
  ssm: 'AmazonSSM',
  roadstead: 'Roadstead_20261121',
} as const;

/** Opens the APIs; nothing is sent yet. With `debug` every exchange is shown on standard error, secrets masked. */
export async function openControlPlane(
  connection: Connection,
  options: { readonly debug: boolean },
  deps: Pick<CommandLineDeps, 'clock' | 'http' | 'terminal' | 'signal'>,
): Promise<ControlPlane> {
  const { createJsonClient } = await import('#wire/client');
  const send = (request: ClientRequest): Promise<HttpResponse> => exchange(request, connection.endpoint, options, deps);
  const client = (service: keyof typeof services, place: { readonly region?: string } = {}) =>
    createJsonClient(
      { service, targetPrefix: services[service], ...connection, ...place },
      { clock: deps.clock, send },
    );
  const query = queryClients(connection, { clock: deps.clock, send });
  const clients = { ecs: client('ecs'), roadstead: client('roadstead') };
  return {
    connection,
    ecs: (operation, input) => clients.ecs.call(operation, input as object) as Promise<never>,
    ssm: (operation, input) => client('ssm').call(operation, input as object) as Promise<never>,
    logs: (region, operation, input) => client('logs', { region }).call(operation, input as object) as Promise<never>,
    elbv2: (operation, input) => query('elasticloadbalancingv2', operation, input as object) as Promise<never>,
    ec2: (operation, input) => query('ec2', operation, input as object) as Promise<never>,
    roadstead: (operation, input) => clients.roadstead.call(operation, input),
  };
}

/** Clients of the services that speak AWS Query or EC2 Query; nothing of them is loaded before a call. */
function queryClients(
  connection: Connection,
  deps: { readonly clock: CommandLineDeps['clock']; readonly send: (request: ClientRequest) => Promise<HttpResponse> },
): (key: string, operation: string, input: object) => Promise<object> {
  const clients = new Map<string, QueryClient>();
  return async (key, operation, input) => {
    let client = clients.get(key);
    if (client === undefined) {
      const { createQueryClient, loadModel } = await import('#wire/aws');
      const model = loadModel().services.get(key);
      assert(model !== undefined, `no shapes of ${key}`);
      client = createQueryClient({ ...connection, model }, deps);
      clients.set(key, client);
    }
    return client.call(operation, input);
  };
}

async function exchange(
  request: HttpRequest,
  endpoint: string,
  { debug }: { readonly debug: boolean },
  { http, terminal, signal }: Pick<CommandLineDeps, 'http' | 'terminal' | 'signal'>,
): Promise<HttpResponse> {
  if (debug) terminal.writeError(requestText(request));
  try {
    const response = await http.send({ ...request, signal });
    if (debug) terminal.writeError(responseText(response));
    return response;
  } catch (error) {
    throw unreachable(endpoint, error);
  }
}

/** Nobody answered at `endpoint`. */
export function unreachable(endpoint: string, error: unknown): Failure {
  return new Failure(`the control plane at ${endpoint} does not answer`, {
    exitCode: exitCodes.unreachable,
    why: error instanceof Error ? error.message : String(error),
    next: 'roadstead up starts it on this machine; roadstead doctor says what is wrong',
    cause: error,
  });
}

function requestText(request: HttpRequest): string {
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => `> ${name}: ${maskHeader(name, value)}`);
  return lines([`> ${request.method} ${request.url}`, ...headers, `> ${bodyText(request.body)}`]);
}

function responseText(response: HttpResponse): string {
  const headers = Object.entries(response.headers).map(([name, value]) => `< ${name}: ${value}`);
  return lines([`< ${response.status}`, ...headers, `< ${bodyText(response.body)}`]);
}

function bodyText(body: Uint8Array | undefined): string {
  return body === undefined ? '' : maskBody(new TextDecoder().decode(body));
}

function lines(texts: readonly string[]): string {
  return `${texts.join('\n')}\n`;
}

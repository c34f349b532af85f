import { type Clock, Fault, messageOf } from '#base';
import { ApiError, type ClientResponse, createJsonClient, type SendRequest, signRequest } from '#wire/client';
import type { Caller, SecretSource, ValueService } from './secrets.ts';
import { createSender } from './sender.ts';

export interface SecretSourceOptions {
  /** Where each service is: `http://127.0.0.1:5000`. One that is not here cannot be asked. */
  readonly endpoints: Readonly<Partial<Record<ValueService, string>>>;
}

/** ms. Without a byte for so long a call is given up; ECS's agent has the same for a whole call. */
const answerTimeoutMs = 5000;

/** Far above what fits into a process's environment. */
const maxAnswerBytes = 4 * 1024 * 1024;

const names = { secretsmanager: 'Secrets Manager', ssm: 'Systems Manager Parameter Store', s3: 'S3' } as const;

/** The variables of the AWS SDKs that say where a service is. */
export const endpointVariables: Readonly<Record<ValueService, string>> = {
  secretsmanager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  ssm: 'AWS_ENDPOINT_URL_SSM',
  s3: 'AWS_ENDPOINT_URL_S3',
};

/** The services over HTTP, in AWS's wire protocols: AWS JSON 1.1 for two, a signed GET for S3. */
export function createSecretSource({ endpoints }: SecretSourceOptions, deps: { readonly clock: Clock }): SecretSource {
  const senders = new Map<string, SendRequest>();
  const reach = (service: ValueService): { readonly endpoint: string; readonly send: SendRequest } => {
    const endpoint = endpoints[service];
    if (endpoint === undefined) throw new Fault('Secret', missingText(service));
    let send = senders.get(endpoint);
    if (send === undefined) {
      send = reporting(createSender({ endpoint, timeoutMs: answerTimeoutMs, maxAnswerBytes }));
      senders.set(endpoint, send);
    }
    return { endpoint, send };
  };
  const call = (
    service: 'secretsmanager' | 'ssm',
    operation: string,
    input: object,
    { credentials, region }: Caller,
    signal: AbortSignal,
  ): Promise<object> => {
    const { endpoint, send } = reach(service);
    const targetPrefix = service === 'ssm' ? 'AmazonSSM' : 'secretsmanager';
    const client = createJsonClient(
      { service, targetPrefix, endpoint, region, credentials },
      { clock: deps.clock, send },
    );
    return client.call(operation, input, signal);
  };
  return {
    missing: (service) => (endpoints[service] === undefined ? missingText(service) : undefined),
    async secret({ secretId, versionStage, versionId }, as, signal) {
      const input = {
        SecretId: secretId,
        ...(versionStage === undefined ? {} : { VersionStage: versionStage }),
        ...(versionId === undefined ? {} : { VersionId: versionId }),
      };
      const { SecretString: text } = (await call('secretsmanager', 'GetSecretValue', input, as, signal)) as {
        readonly SecretString?: unknown;
      };
      return typeof text === 'string' ? text : undefined;
    },
    async parameters(wanted, as, signal) {
      const input = { Names: wanted, WithDecryption: true };
      const answer = (await call('ssm', 'GetParameters', input, as, signal)) as ParametersAnswer;
      return {
        parameters: (answer.Parameters ?? []).map(({ Name, Value, ARN, Selector }) => ({
          name: String(Name),
          value: String(Value),
          ...(typeof ARN === 'string' ? { arn: ARN } : {}),
          ...(typeof Selector === 'string' ? { selector: Selector } : {}),
        })),
        invalid: (answer.InvalidParameters ?? []).map(String),
      };
    },
    async object(object, as, signal) {
      const { endpoint, send } = reach('s3');
      const get = (region: string): Promise<ClientResponse> =>
        send(objectRequest(endpoint, object, { ...as, region }, deps.clock), signal);
      const first = await get(as.region);
      const elsewhere = first.headers['x-amz-bucket-region'];
      const other = first.status !== 200 && typeof elsewhere === 'string' && elsewhere !== as.region;
      // A bucket of another region says which on refusing: the signature must name it.
      const response = other ? await get(elsewhere) : first;
      if (response.status !== 200) throw objectRefusal(response);
      return response.body;
    },
  };
}

interface ParametersAnswer {
  readonly Parameters?: readonly {
    readonly Name?: unknown;
    readonly Value?: unknown;
    readonly ARN?: unknown;
    readonly Selector?: unknown;
  }[];
  readonly InvalidParameters?: readonly unknown[];
}

function missingText(service: ValueService): string {
  return (
    `${names[service]} is not part of this Roadstead yet: set ${endpointVariables[service]} in the environment of ` +
    'the agent (or of roadstead up) to where it is, and start it again'
  );
}

/** What a connection's failure says of itself names where it was to go, never what was sent. */
function reporting(send: SendRequest): SendRequest {
  return async (request, signal) => {
    try {
      return await send(request, signal);
    } catch (error) {
      if (signal?.aborted === true || (error instanceof Fault && !error.retryable)) throw error;
      const verb = request.method === 'GET' ? 'Get' : 'Post';
      throw new Fault('Unreachable', `${verb} "${request.url}": ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
  };
}

/** The bucket stands in the path: a service of one's own seldom has a name for each bucket. */
function objectRequest(
  endpoint: string,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { credentials, region }: Caller,
  clock: Clock,
): Parameters<SendRequest>[0] {
  const { origin, host, pathname } = new URL(endpoint);
  const path = `${pathname.replace(/\/$/, '')}/${[bucket, ...key.split('/')].map(encodeSegment).join('/')}`;
  const body = new Uint8Array();
  const request = { method: 'GET', url: path, headers: { host }, body };
  const signed = signRequest(request, { credentials, region, service: 's3', now: clock.now() });
  const headers = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, String(value)]));
  return { method: 'GET', url: `${origin}${path}`, headers, body };
}

function encodeSegment(text: string): string {
  const hex = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

/** S3's errors are XML: `<Error><Code>NoSuchKey</Code><Message>…</Message>…`. */
function objectRefusal({ status, body, headers }: ClientResponse): ApiError {
  const text = Buffer.from(body).toString('utf8');
  const member = (name: string): string | undefined => {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
    return found === undefined ? undefined : unescapeXml(found);
  };
  const requestId = member('RequestId') ?? String(headers['x-amz-request-id'] ?? '');
  const hostId = member('HostId') ?? String(headers['x-amz-id-2'] ?? '');
  const code = member('Code') ?? (status === 404 ? 'NotFound' : status === 403 ? 'Forbidden' : 'UnknownError');
  return new ApiError(code, member('Message') ?? '', { status, requestId, members: { hostId } });
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name] ?? '');
}

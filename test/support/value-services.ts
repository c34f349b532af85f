import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, verifySignature, type WireRequest } from '#wire/aws';
import { SystemClock } from '../../src/main/system-clock.ts';

/** A call that was answered or refused. */
interface ValueCall {
  /** `secretsmanager.GetSecretValue`, `AmazonSSM.GetParameters`, `GET /bucket/key`. */
  readonly operation: string;
  readonly accessKeyId: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- asserted member by member
  readonly input: any;
}

/**
 * Secrets Manager, Parameter Store and S3 on one port of the loopback, as far as an agent asks them: their wire
 * protocols, their errors, versions of secrets, AWS's least limits. Signatures are verified against `keys`; a key that
 * is not there is taken as it is, but must come with a session token.
 */
export class ValueServices implements AsyncDisposable {
  /** Secrets by access key id. */
  readonly keys = new Map<string, string>();
  /** By ARN: texts by stage, or bytes. */
  readonly secrets = new Map<string, Readonly<Record<string, string>> | Uint8Array>();
  readonly parameters = new Map<string, string>();
  /** By `bucket/key`. */
  readonly objects = new Map<string, string>();
  /** Where the bucket really is, if not where it was asked for. */
  readonly bucketRegions = new Map<string, string>();
  /** Operations that nobody may call. */
  readonly denied = new Set<string>();
  /** The next answers are this status, one each. */
  readonly troubles: number[] = [];
  readonly calls: ValueCall[] = [];
  readonly #clock = new SystemClock();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ValueServices> {
    const services = new ValueServices();
    await new Promise<void>((resolve) => services.#server.listen(0, '127.0.0.1', resolve));
    return services;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What tells an agent, or `up`, of it. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.url,
      AWS_ENDPOINT_URL_SSM: this.url,
      AWS_ENDPOINT_URL_S3: this.url,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const wire: WireRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headersDistinct,
      body: Buffer.concat(chunks),
    };
    const target = request.headers['x-amz-target'];
    const operation = typeof target === 'string' ? target : `${wire.method} ${decodeURIComponent(wire.url)}`;
    const isS3 = typeof target !== 'string';
    try {
      const trouble = this.troubles.shift();
      if (trouble !== undefined)
        throw new ApiError('ServiceUnavailable', 'Please reduce your request rate.', { status: trouble });
      const input = isS3 ? {} : JSON.parse(Buffer.from(wire.body).toString());
      const { region, accessKeyId, sessionToken } = this.#signer(wire, operation);
      this.calls.push({ operation, accessKeyId, sessionToken, region, input });
      if (this.denied.has(operation)) throw denied(operation, isS3);
      const answer = this.#call(operation, input, region);
      response.writeHead(200, { 'content-type': isS3 ? 'binary/octet-stream' : 'application/x-amz-json-1.1' });
      response.end(isS3 ? answer : JSON.stringify(answer));
    } catch (error) {
      refuse(response, error, isS3);
    }
  }

  #signer(wire: WireRequest, operation: string): Pick<ValueCall, 'region' | 'accessKeyId' | 'sessionToken'> {
    const service = operation.startsWith('secretsmanager.')
      ? 'secretsmanager'
      : operation.startsWith('AmazonSSM.')
        ? 'ssm'
        : 's3';
    const header = String(wire.headers['authorization']);
    const [, accessKeyId = '', region = '', signedFor = ''] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\//.exec(header) ?? [];
    if (signedFor !== service)
      throw new ApiError('SignatureDoesNotMatch', `signed for ${signedFor}, not ${service}`, { status: 403 });
    const sessionToken = wire.headers['x-amz-security-token']?.[0];
    const secretAccessKey = this.keys.get(accessKeyId);
    if (secretAccessKey === undefined) {
      if (sessionToken === undefined)
        throw new ApiError('UnrecognizedClientException', 'The security token included in the request is invalid.');
      return { region, accessKeyId, sessionToken };
    }
    const family = service === 's3' ? 's3' : 'json';
    verifySignature(wire, { now: this.#clock.now(), findKey: () => ({ secretAccessKey }), family, service });
    return { region, accessKeyId, sessionToken };
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- read member by member
  #call(operation: string, input: any, region: string): any {
    if (operation === 'secretsmanager.GetSecretValue') return this.#secret(input);
    if (operation === 'AmazonSSM.GetParameters') return this.#parameters(input, region);
    const path = operation.replace(/^GET \//, '');
    const home = this.bucketRegions.get(path.split('/')[0] ?? '');
    if (home !== undefined && home !== region) {
      throw new ApiError('AuthorizationHeaderMalformed', `The region '${region}' is wrong; expecting '${home}'`, {
        members: { home },
      });
    }
    const object = this.objects.get(path);
    if (object === undefined) throw new ApiError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    return object;
  }

  #secret({ SecretId, VersionStage = 'AWSCURRENT' }: { SecretId: string; VersionStage?: string }): object {
    const secret = this.secrets.get(SecretId);
    if (secret instanceof Uint8Array) return { ARN: SecretId, SecretBinary: Buffer.from(secret).toString('base64') };
    const text = secret?.[VersionStage];
    if (text === undefined)
      throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return { ARN: SecretId, SecretString: text, VersionStages: [VersionStage] };
  }

  #parameters(
    { Names, WithDecryption }: { Names: readonly string[]; WithDecryption?: boolean },
    region: string,
  ): object {
    if (Names.length > 10) throw new ApiError('ValidationException', 'at most 10 names');
    if (WithDecryption !== true) throw new ApiError('ValidationException', 'these are SecureStrings');
    const nameOf = (asked: string): string => {
      const plain = asked.replace(/^arn:[^:]*:ssm:[^:]*:\d*:parameter/, '');
      return this.parameters.has(plain) ? plain : plain.replace(/^\//, '');
    };
    const found = Names.filter((asked) => this.parameters.has(nameOf(asked)));
    return {
      Parameters: found.map((asked) => ({
        Name: nameOf(asked),
        ARN: `arn:aws:ssm:${region}:000000000000:parameter/${nameOf(asked).replace(/^\//, '')}`,
        Type: 'SecureString',
        Value: this.parameters.get(nameOf(asked)),
      })),
      InvalidParameters: Names.filter((asked) => !found.includes(asked)),
    };
  }
}

function denied(operation: string, isS3: boolean): ApiError {
  if (isS3) return new ApiError('AccessDenied', 'Access Denied', { status: 403 });
  const action = operation.replace('secretsmanager.', 'secretsmanager:').replace('AmazonSSM.', 'ssm:');
  return new ApiError('AccessDeniedException', `User: test is not authorized to perform: ${action}`);
}

function refuse(response: ServerResponse, error: unknown, isS3: boolean): void {
  const { code, status, message, members } =
    error instanceof ApiError ? error : new ApiError('InternalFailure', String(error), { status: 500 });
  const home = members['home'];
  const headers = typeof home === 'string' ? { 'x-amz-bucket-region': home } : {};
  if (isS3) {
    response.writeHead(status, { ...headers, 'content-type': 'application/xml' });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message>` +
        '<RequestId>R1</RequestId><HostId>H1</HostId></Error>',
    );
    return;
  }
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'R1' });
  response.end(JSON.stringify({ __type: code, message }));
}

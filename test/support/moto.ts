import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createJsonClient, type SendRequest, signRequest } from '#wire/aws';
import { SystemClock } from '../../src/main/system-clock.ts';
import { freePort } from './free-port.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Whether moto's server is installed: somebody else's Secrets Manager, Parameter Store and S3, as a judge. */
export const hasMoto = spawnSync('moto_server', ['--help']).status === 0;

/** A running moto server of its own, with nothing in it. */
export class Moto implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #clock = new SystemClock();

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#process = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  }

  static async start(): Promise<Moto> {
    const moto = new Moto(await freePort());
    const deadline = performance.now() + 60_000;
    while (!(await moto.#answers())) {
      if (performance.now() > deadline) throw new Error('moto does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return moto;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await ended;
  }

  /** Gives the ARN, which moto makes. */
  async createSecret(name: string, text: string): Promise<string> {
    const { ARN } = (await this.#call('secretsmanager', 'secretsmanager', 'CreateSecret', {
      Name: name,
      SecretString: text,
    })) as { readonly ARN: string };
    return ARN;
  }

  async putSecret(arn: string, text: string): Promise<void> {
    await this.#call('secretsmanager', 'secretsmanager', 'PutSecretValue', { SecretId: arn, SecretString: text });
  }

  async putParameter(name: string, value: string): Promise<void> {
    await this.#call('ssm', 'AmazonSSM', 'PutParameter', { Name: name, Value: value, Type: 'SecureString' });
  }

  async putObject(bucket: string, key: string, text: string): Promise<void> {
    await this.#put(`/${bucket}`, '');
    await this.#put(`/${bucket}/${key}`, text);
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/moto-api/`)).ok;
    } catch {
      return false;
    }
  }

  #call(service: string, targetPrefix: string, operation: string, input: object): Promise<object> {
    const client = createJsonClient(
      { service, targetPrefix, endpoint: this.url, region, credentials },
      { clock: this.#clock, send },
    );
    return client.call(operation, input);
  }

  async #put(path: string, text: string): Promise<void> {
    const request = { method: 'PUT', url: path, headers: { host: new URL(this.url).host }, body: Buffer.from(text) };
    const signed = signRequest(request, { credentials, region, service: 's3', now: this.#clock.now() });
    const { host: _, ...headers } = signed as Record<string, string>;
    const response = await fetch(`${this.url}${path}`, { method: 'PUT', headers, body: text });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
  }
}

const send: SendRequest = async (request) => {
  const { host: _, ...headers } = request.headers;
  const body = request.body as Uint8Array<ArrayBuffer>;
  const response = await fetch(request.url, { method: 'POST', headers, body });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

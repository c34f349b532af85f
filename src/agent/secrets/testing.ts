import { ApiError } from '#wire/client';
import type { Caller, Parameter, SecretRequest, SecretSource, ValueService } from '../host/secrets.ts';

/** Secrets Manager, Parameter Store and S3 in memory. */
export class MemorySecrets implements SecretSource {
  /** By id, or by `id stage version` with an empty text for what is not asked for. Binary: `undefined`. */
  readonly secrets = new Map<string, string | undefined>();
  readonly known = new Map<string, string>();
  /** By `bucket/key`. */
  readonly objects = new Map<string, string>();
  readonly absent = new Set<ValueService>();
  /** Thrown by the next calls, one each; a function is called. */
  readonly failures: (Error | (() => Promise<never>))[] = [];
  /** Every call: the operation with what it was given, and as whom. */
  readonly calls: { readonly asked: string; readonly as: Caller }[] = [];

  missing(service: ValueService): string | undefined {
    return this.absent.has(service) ? `${service} is not here` : undefined;
  }

  async secret({ secretId, versionStage, versionId }: SecretRequest, as: Caller): Promise<string | undefined> {
    const plain = versionStage === undefined && versionId === undefined;
    const name = plain ? secretId : `${secretId} ${versionStage ?? ''} ${versionId ?? ''}`;
    await this.#called(`secret ${name}`, as);
    if (this.secrets.has(name)) return this.secrets.get(name);
    throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.", {
      requestId: 'request-1',
    });
  }

  async parameters(
    names: readonly string[],
    as: Caller,
  ): Promise<{ readonly parameters: readonly Parameter[]; readonly invalid: readonly string[] }> {
    await this.#called(`parameters ${names.join(' ')}`, as);
    const parameters = names.flatMap((asked) => {
      const name = asked.replace(/^arn:.*:parameter\/?/, (arn) => (this.known.has(asked.slice(arn.length)) ? '' : '/'));
      const value = this.known.get(name);
      return value === undefined ? [] : [{ name, value }];
    });
    const invalid = names.filter((asked) => ![...this.known.keys()].some((name) => asked.endsWith(name)));
    return { parameters, invalid };
  }

  async object({ bucket, key }: { readonly bucket: string; readonly key: string }, as: Caller): Promise<Uint8Array> {
    await this.#called(`object ${bucket}/${key}`, as);
    const text = this.objects.get(`${bucket}/${key}`);
    if (text !== undefined) return Buffer.from(text);
    throw new ApiError('NoSuchKey', 'The specified key does not exist.', { status: 404, requestId: 'request-2' });
  }

  async #called(asked: string, as: Caller): Promise<void> {
    this.calls.push({ asked, as });
    const failure = this.failures.shift();
    if (failure instanceof Error) throw failure;
    await failure?.();
  }
}

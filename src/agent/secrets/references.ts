import type { PayloadContainer, PayloadSecret } from '#wire/link';
import type { SecretRequest } from '../host/secrets.ts';

/** What of a secret is wanted: of one that is a JSON object, the member `jsonKey`. */
export interface SecretReference extends SecretRequest {
  readonly jsonKey?: string;
}

/**
 * Takes the ARN of a secret apart: `arn:…:secret:name-suffix`, or with three more parts, each of which may be empty:
 * `:json-key:version-stage:version-id`. `undefined` for anything else. Source: "Pass Secrets Manager secrets through
 * Amazon ECS environment variables".
 */
export function parseSecretReference(valueFrom: string): SecretReference | undefined {
  const parts = valueFrom.split(':');
  const [arn, , , , , , name = ''] = parts;
  if (arn !== 'arn' || name === '') return undefined;
  if (parts.length === 7) return { secretId: valueFrom };
  if (parts.length !== 10) return undefined;
  const [jsonKey = '', versionStage = '', versionId = ''] = parts.slice(7);
  return {
    secretId: parts.slice(0, 7).join(':'),
    ...(jsonKey === '' ? {} : { jsonKey }),
    ...(versionStage === '' ? {} : { versionStage }),
    ...(versionId === '' ? {} : { versionId }),
  };
}

/** Bucket and key of an S3 object's ARN; `undefined` when it is none. */
export function parseObjectArn(arn: string): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket = '', key = ''] = /^arn:[^:]+:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
  return bucket === '' ? undefined : { bucket, key };
}

/** Whether something of the container must be fetched before it can be made. */
export function needsValues({ secrets, environmentFiles }: PayloadContainer): boolean {
  return (secrets?.length ?? 0) > 0 || (environmentFiles?.length ?? 0) > 0;
}

/** Secrets with the same key are fetched once for a task. */
export function secretKey({ provider, region, valueFrom }: PayloadSecret): string {
  return `${provider} ${region} ${valueFrom}`;
}

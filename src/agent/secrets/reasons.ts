import { Fault, messageOf, unreachable } from '#base';
import { ApiError } from '#wire/client';
import { FailedCall } from './attempts.ts';

/** What was asked for in vain. */
export type Wanted =
  | { readonly of: 'secret' | 'registry login'; readonly secretId: string }
  | { readonly of: 'parameters'; readonly region: string }
  | { readonly of: 'file'; readonly bucket: string; readonly key: string };

/**
 * Why a task stops, in ECS's words: those of ECS's agent on an instance, those observed of Fargate there. Neither has
 * anything of a value. Source: ECS's agent; "Troubleshooting Amazon ECS ResourceInitializationError errors"; stopped
 * reasons that users of Fargate published.
 */
export function failureReason(launchType: string, wanted: Wanted, error: unknown): string {
  return launchType === 'FARGATE' ? fargateReason(wanted, error) : instanceReason(wanted, error);
}

const initialization = 'ResourceInitializationError: ';
const pulling = `${initialization}unable to pull secrets or registry auth: execution resource retrieval failed: `;

function fargateReason(wanted: Wanted, error: unknown): string {
  const called = error instanceof FailedCall;
  const retried = `service call has been retried ${called ? error.attempts : 1} time(s): `;
  const text = called ? olderText(wanted, error.cause) : messageOf(error);
  switch (wanted.of) {
    case 'secret': {
      const fetching = called ? `failed to fetch secret ${wanted.secretId} from secrets manager: ` : '';
      return `${pulling}unable to retrieve secret from asm: ${retried}${fetching}${text}`;
    }
    case 'registry login': {
      const fetching = called ? `asm fetching secret from the service for ${wanted.secretId}: ` : '';
      return `${pulling}unable to get registry auth from asm: ${retried}${fetching}${text}`;
    }
    case 'parameters': {
      const named = text.replace(/^invalid parameters/, 'invalid ssm parameters');
      return `${pulling}unable to retrieve secrets from ssm: ${retried}${named}`;
    }
    case 'file': {
      const name = wanted.key.split('/').at(-1) ?? wanted.key;
      const saving = called ? `failed to download file ${name}: failed to write to a temporary file: ` : '';
      return `${initialization}failed to download env files: file download command: non empty error stream: ${saving}${text}`;
    }
    default:
      return unreachable(wanted);
  }
}

function instanceReason(wanted: Wanted, error: unknown): string {
  if (isCode(error, 'NoCredentials')) return capital(`${resources[wanted.of]}: ${messageOf(error)}`);
  const called = error instanceof FailedCall;
  const text = called ? newerText(wanted, error) : messageOf(error);
  if (wanted.of === 'parameters') return `Fetching secret data from SSM Parameter Store in ${wanted.region}: ${text}`;
  if (!called) return capital(text);
  switch (wanted.of) {
    case 'secret':
      return isCode(error.cause, 'ResourceNotFoundException')
        ? `ResourceNotFoundException: The task can't retrieve the secret with ARN '${wanted.secretId}' from AWS Secrets ` +
            `Manager. Check whether the secret exists in the specified Region: ${text}`
        : `Secret ${wanted.secretId}: ${text}`;
    case 'registry login':
      return `Asm fetching secret from the service for ${wanted.secretId}: ${text}`;
    case 'file':
      return `Unable to download env file with key ${wanted.key} from bucket ${wanted.bucket}, error: ${text}`;
    default:
      return unreachable(wanted);
  }
}

/** ECS's agent names its parts so. */
const resources = {
  secret: 'ASM secret resource',
  'registry login': 'asm resource',
  parameters: 'ssm secret resource',
  file: 'environment file resource',
} as const;

function isCode(error: unknown, code: string): boolean {
  return (error instanceof ApiError || error instanceof Fault) && error.code === code;
}

/** S3 tells a second id. */
function hostIdOf({ members }: ApiError): string {
  const { hostId } = members;
  return typeof hostId === 'string' ? hostId : '';
}

/** ECS's agent begins a task's reason with a capital. */
function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A failed call as version 1 of the SDK for Go tells it. */
function olderText(wanted: Wanted, error: unknown): string {
  if (error instanceof ApiError) {
    const host = wanted.of === 'file' ? `, host id: ${hostIdOf(error)}` : '';
    return `${error.code}: ${error.message} status code: ${error.status}, request id: ${error.requestId ?? ''}${host}`;
  }
  if (error instanceof Fault && error.code === 'Unreachable') {
    return `RequestError: send request failed caused by: ${error.message}. Please check your task network configuration.`;
  }
  return messageOf(error);
}

const operations = {
  secret: 'Secrets Manager: GetSecretValue',
  'registry login': 'Secrets Manager: GetSecretValue',
  parameters: 'SSM: GetParameters',
  file: 'S3: GetObject',
} as const;

/** Version 2 of the SDK for Go has types for these errors; it calls all others API errors. */
const typed = new Set([
  'DecryptionFailure',
  'InternalServerError',
  'InternalServiceError',
  'InvalidKeyId',
  'InvalidObjectState',
  'InvalidParameterException',
  'InvalidRequestException',
  'NoSuchKey',
  'ResourceNotFoundException',
]);

/** A failed call as version 2 of the SDK for Go tells it. */
function newerText(wanted: Wanted, { cause, attempts }: FailedCall): string {
  const operation = `operation error ${operations[wanted.of]}`;
  const many = attempts > 1 ? `, exceeded maximum number of attempts, ${attempts}` : '';
  const ids = (requestId: string, hostId: string): string =>
    `RequestID: ${requestId}${wanted.of === 'file' ? `, HostID: ${hostId}` : ''}`;
  if (cause instanceof ApiError) {
    const kind = typed.has(cause.code) ? '' : 'api error ';
    const id = ids(cause.requestId ?? '', hostIdOf(cause));
    return `${operation}${many}, https response error StatusCode: ${cause.status}, ${id}, ${kind}${cause.code}: ${cause.message}`;
  }
  if (cause instanceof Fault && cause.code === 'Unreachable') {
    const nothing = `https response error StatusCode: 0, ${ids('', '')}`;
    return `${operation}${many}, ${nothing}, request send failed, ${cause.message}`;
  }
  return `${operation}${many}, ${messageOf(cause)}`;
}

import { type Clock, Fault, type Random } from '#base';
import type { ReadObject } from '../host/log-routers.ts';
import type { SecretSource } from '../host/secrets.ts';
import { attempting, FailedCall } from './attempts.ts';
import { parseObjectArn } from './references.ts';

/** ms, for the whole object. */
const downloadLimitMs = 30_000;

/** Reads objects of S3, again where that may help. `undefined` when S3 cannot be asked on this host. */
export function createObjectReader(
  { secrets, region }: { readonly secrets: SecretSource; readonly region: string },
  deps: { readonly clock: Clock; readonly random: Random },
): ReadObject | undefined {
  if (secrets.missing('s3') !== undefined) return undefined;
  return async (arn, credentials, aborted) => {
    const object = parseObjectArn(arn);
    if (object === undefined) throw new Fault('Secret', `${arn} is not the ARN of an object in S3`);
    const call = (signal: AbortSignal): Promise<Uint8Array> => secrets.object(object, { credentials, region }, signal);
    try {
      return await attempting(downloadLimitMs, call, deps, aborted);
    } catch (error) {
      throw error instanceof FailedCall ? error.cause : error;
    }
  };
}

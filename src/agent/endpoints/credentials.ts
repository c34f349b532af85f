import type { CredentialStore } from '../link/credentials.ts';
import type { EngineTask } from '../task/state.ts';
import { type EndpointAnswer, jsonAnswer } from './port.ts';

/**
 * The credentials behind an id; who knows the id may have them. `undefined` when no task of this agent has them. After a
 * restart of the agent they are not there until the control plane has sent them: 503, on which SDKs try again.
 */
export function answerCredentials(
  { credentials, tasks }: { readonly credentials: CredentialStore; readonly tasks: () => Iterable<EngineTask> },
  credentialsId: string,
): EndpointAnswer | undefined {
  if (credentialsId === '')
    return refusal(400, 'NoIdInRequest', 'CredentialsV2Request: No Credential ID in the request');
  const found = credentials.find(credentialsId);
  if (found !== undefined) {
    return jsonAnswer(200, {
      RoleArn: found.roleArn,
      AccessKeyId: found.accessKeyId,
      SecretAccessKey: found.secretAccessKey,
      Token: found.sessionToken,
      Expiration: found.expiration,
    });
  }
  for (const task of tasks()) {
    if (task.credentialsId !== credentialsId && task.executionCredentialsId !== credentialsId) continue;
    return refusal(503, 'CredentialsUninitialized', 'CredentialsV2Request: Credentials uninitialized for ID');
  }
  return undefined;
}

/** For an id that no agent of the host knows. */
export const unknownCredentials = refusal(400, 'InvalidIdInRequest', 'CredentialsV2Request: Credentials not found');

function refusal(HTTPErrorCode: number, code: string, message: string): EndpointAnswer {
  return jsonAnswer(HTTPErrorCode, { code, message, HTTPErrorCode });
}

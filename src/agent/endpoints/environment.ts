import { endpointAddress } from '#model';
import type { EngineContainer, EngineTask } from '../task/state.ts';

const address = `http://${endpointAddress}`;

/**
 * What tells the processes of a container where its in-task endpoints are. Source: "Amazon ECS task metadata endpoint
 * version 4" and its like; `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is what every AWS SDK looks for.
 */
export function endpointEnvironment(
  { credentialsId }: Pick<EngineTask, 'credentialsId'>,
  { endpointId }: Pick<EngineContainer, 'endpointId'>,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return {
    ...(endpointId === undefined
      ? {}
      : {
          ECS_CONTAINER_METADATA_URI: `${address}/v3/${endpointId}`,
          ECS_CONTAINER_METADATA_URI_V4: `${address}/v4/${endpointId}`,
          ECS_AGENT_URI: `${address}/api/${endpointId}`,
        }),
    ...(credentialsId === undefined
      ? {}
      : { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: credentialsPath(credentialsId), ...apiEnvironment(environment) }),
  };
}

/**
 * A role's credentials are good at this installation's API alone, so SDKs are told where it is: the agent hands signed
 * calls on. Who names another endpoint, or other credentials, keeps them.
 */
function apiEnvironment(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = ['AWS_ENDPOINT_URL', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'AWS_ACCESS_KEY_ID', 'AWS_PROFILE'];
  return own.some((name) => name in environment) ? {} : { AWS_ENDPOINT_URL: address };
}

/** The path of credentials, as SDKs and Docker's `awslogs-credentials-endpoint` option take it. */
export function credentialsPath(credentialsId: string): string {
  return `/v2/credentials/${credentialsId}`;
}

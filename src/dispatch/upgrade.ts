import { type ContainerInstance, type ContainerInstanceArn, type Principal, parseEcsArn } from '#model';
import type { RoadsteadView } from '#store';
import type { AgentVersions } from './connection-state.ts';
import { defined } from './defined.ts';

/** The control channel, and the telemetry channel. */
export type Channel = 'acs' | 'tcs';

/** The answer to a websocket upgrade. */
export type UpgradeDecision =
  | {
      readonly ok: true;
      readonly instance: ContainerInstance;
      /** What the caller must be allowed to do beside owning the instance. */
      readonly access: { readonly action: 'ecs:Poll' | 'ecs:StartTelemetrySession'; readonly resource: string };
    }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly message: string };

/**
 * Whether the caller may open a channel for the instance its query names: the instance must be its account's own (for a
 * pool host, the platform's) and not deregistered. An instance that is unknown was deregistered long ago: agents leave
 * the account alone for an hour on InactiveInstanceException.
 */
export function decideUpgrade(
  view: RoadsteadView,
  channel: Channel,
  query: URLSearchParams,
  principal: Principal,
): UpgradeDecision {
  const arn = query.get(channel === 'acs' ? 'containerInstanceArn' : 'containerInstance') ?? '';
  const parsed = parseEcsArn(arn);
  if (parsed === undefined || parsed.type !== 'container-instance') {
    return { ok: false, status: 400, code: 'InvalidParameterException', message: 'Invalid container instance ARN.' };
  }
  // A task's role is of the same account, and a task must never pose as the agent of a host.
  if (parsed.scope.accountId !== principal.accountId || principal.type !== 'root') {
    const message = `User: ${principal.arn} is not authorized to connect an agent for ${arn}`;
    return { ok: false, status: 403, code: 'AccessDeniedException', message };
  }
  const instance = view.containerInstances.find(arn);
  if (instance === undefined || instance.status === 'INACTIVE') {
    const message = 'The container instance is not registered.';
    return { ok: false, status: 400, code: 'InactiveInstanceException', message };
  }
  const action = channel === 'acs' ? 'ecs:Poll' : 'ecs:StartTelemetrySession';
  return { ok: true, instance, access: { action, resource: arn } };
}

/** The body of a refused upgrade, in the form agents decode into a typed error. */
export function upgradeRefusalBody(refusal: { readonly code: string; readonly message: string }): string {
  return JSON.stringify({ type: refusal.code, message: { message: refusal.message } });
}

/** What an agent says in the query of its control channel. */
export interface AcsHello extends AgentVersions {
  readonly containerInstanceArn: ContainerInstanceArn;
  /** True until the first connection of the agent's process succeeded. */
  readonly sendCredentials: boolean;
  /** The base URL the agent reached us at, without a trailing slash; its host's log drivers write there too. */
  readonly endpoint?: string;
}

export function acsHelloFrom(query: URLSearchParams): AcsHello {
  const text = (name: string): string | undefined => query.get(name)?.slice(0, 255) || undefined;
  return {
    containerInstanceArn: (query.get('containerInstanceArn') ?? '') as ContainerInstanceArn,
    sendCredentials: query.get('sendCredentials') !== 'false',
    ...defined({
      agentVersion: text('agentVersion'),
      agentHash: text('agentHash'),
      dockerVersion: text('dockerVersion'),
    }),
  };
}

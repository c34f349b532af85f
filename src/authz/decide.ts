import type { Principal } from '#model';

/** One question to the door: may this principal do this to that? */
export interface AccessQuestion {
  readonly principal: Principal;
  /** E.g. `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action has no resource. */
  readonly resource: string;
}

export type AccessDecision = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

const arnAccount = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/;

/** What is for agents, which sign as an account's root: a task must never pose as the agent of a host. */
const agentActions =
  /^ecs:(Poll|StartTelemetrySession|DiscoverPollEndpoint|RegisterContainerInstance|Submit[A-Za-z]+)$/;

/**
 * Decides. The root of an account may do everything inside it and nothing outside. While there are no policies, a role
 * that somebody gave to a task may do what that account's root may, but for the agents' part and Roadstead's own
 * administration. The message is AWS's, e.g. `User: … is not authorized to perform: ecs:RunTask on resource: … because …`.
 */
export function decideAccess(question: AccessQuestion): AccessDecision {
  const { principal, action, resource } = question;
  const owner = arnAccount.exec(resource)?.[1];
  const inside = owner === undefined || owner === principal.accountId;
  if (inside && (principal.type === 'root' || isOpenToRoles(action))) return { allowed: true };
  const why = inside
    ? `because no identity-based policy allows the ${action} action`
    : `because no resource-based policy allows the ${action} action`;
  return {
    allowed: false,
    message: `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  };
}

function isOpenToRoles(action: string): boolean {
  return !agentActions.test(action) && !action.startsWith('roadstead:');
}

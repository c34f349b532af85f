import type { HostView, Refusal } from '../types.ts';

/**
 * Only an ACTIVE instance whose agent is connected receives tasks. One that waits for its critical daemons is not ACTIVE
 * in ECS yet.
 */
export function standing({ status, agentConnected, awaitsDaemons }: HostView): Refusal | undefined {
  if (status !== 'ACTIVE') return { reason: status, detail: `the instance is ${status}` };
  if (!agentConnected) return { reason: 'AGENT', detail: 'the agent is not connected' };
  if (awaitsDaemons === undefined) return undefined;
  return { reason: 'INACTIVE', detail: `no task of the critical daemon ${awaitsDaemons.join(', ')} runs there` };
}

import type { HostView, Refusal } from '../types.ts';

/** Only an ACTIVE instance whose agent is connected receives tasks. */
export function standing(host: HostView): Refusal | undefined {
  if (host.status !== 'ACTIVE') return { reason: host.status, detail: `the instance is ${host.status}` };
  return host.agentConnected ? undefined : { reason: 'AGENT', detail: 'the agent is not connected' };
}

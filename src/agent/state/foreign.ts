import { Fault } from '#base';
import { codeOf } from '../link/register.ts';
import type { AgentIdentity, StateStore } from './store.ts';

/** With a container instance ARN sent along, these say that the control plane does not have it, or not for this caller. */
const unknownInstance = new Set(['ClientException', 'ClusterNotFoundException', 'InvalidParameterException']);

/** Fault `ForeignState` when what is kept is of a host in another cluster: its tasks and its ARN are of no use here. */
export function checkCluster(identity: AgentIdentity, cluster: string, { place }: Pick<StateStore, 'place'>): void {
  if (identity.cluster === cluster) return;
  const whose = identity.containerInstanceArn === undefined ? '' : ` (${instanceOf(identity.containerInstanceArn)})`;
  const message = `${place} is of a host in the cluster ${identity.cluster}${whose}, and this agent is to join ${cluster}`;
  throw new Fault('ForeignState', message);
}

/** A refused registration as Fault `ForeignState` when it was refused for what is kept; else as it is. */
export function explainedRefusal(
  refusal: unknown,
  { containerInstanceArn }: AgentIdentity,
  { place }: Pick<StateStore, 'place'>,
): unknown {
  if (!(refusal instanceof Fault) || containerInstanceArn === undefined) return refusal;
  const code = codeOf(refusal.cause);
  if (code === undefined || !unknownInstance.has(code)) return refusal;
  const message =
    `${place} is of the ${instanceOf(containerInstanceArn)}. ${refusal.message} ` +
    'The file belongs to another installation, account or cluster, or the instance was deregistered';
  return new Fault('ForeignState', message, { cause: refusal.cause });
}

function instanceOf(arn: string): string {
  return `container instance ${arn} of account ${arn.split(':')[4] ?? ''}`;
}

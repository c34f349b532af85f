import { type LogGroup, logGroupArn, logGroupKey, logStreamArn, type Scope } from '#model';
import type { RoadsteadView } from '#store';
import type { OperationContext } from '../operation.ts';
import { groupNotFound, invalidParameter } from './errors.ts';

/** How requests name a group: older members take its name, newer ones its name or ARN. */
export interface GroupReference {
  readonly logGroupName?: string | undefined;
  readonly logGroupIdentifier?: string | undefined;
}

const groupArnPattern = /^arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([^:*]+)(:\*)?$/;

/** The name of the group meant. ResourceNotFoundException for an ARN of another place. */
export function groupNameFrom({ logGroupName, logGroupIdentifier }: GroupReference, scope: Scope): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  const given = logGroupName ?? logGroupIdentifier;
  if (given === undefined) throw invalidParameter('Either logGroupName or logGroupIdentifier is required.');
  return logGroupName ?? groupNameOf(given, scope);
}

/** The name in a name or an ARN. */
export function groupNameOf(identifier: string, scope: Scope): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const [, region, accountId, name] = groupArnPattern.exec(identifier) ?? [];
  if (name === undefined) throw invalidParameter(`Invalid log group ARN: ${identifier}`);
  if (region !== scope.region || accountId !== scope.accountId) throw groupNotFound();
  return name;
}

/** The group's ARN, as policies name it, whichever way it was given. */
export function groupResource(reference: GroupReference, { scope }: Pick<OperationContext, 'scope'>): string {
  const given = reference.logGroupIdentifier ?? reference.logGroupName ?? '*';
  return given.startsWith('arn:') ? given.replace(/:\*$/, '') : logGroupArn(scope, given);
}

/** The ARN of one of its streams. */
export function streamResource(
  reference: GroupReference & { readonly logStreamName: string },
  { scope }: Pick<OperationContext, 'scope'>,
): string {
  const given = reference.logGroupIdentifier ?? reference.logGroupName ?? '*';
  const name = groupArnPattern.exec(given)?.[3] ?? given;
  return logStreamArn(scope, name, reference.logStreamName);
}

/** ResourceNotFoundException when there is none. */
export function getGroup(view: Pick<RoadsteadView, 'logGroups'>, scope: Scope, name: string): LogGroup {
  const group = view.logGroups.find(logGroupKey(scope, name));
  if (group === undefined) throw groupNotFound();
  return group;
}

/** Events before this have outlived the group's retention, epoch ms. */
export function expiryMs({ retentionInDays }: Pick<LogGroup, 'retentionInDays'>, nowMs: number): number {
  return retentionInDays === undefined ? 0 : nowMs - retentionInDays * 86_400_000;
}

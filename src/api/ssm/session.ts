import { parseEcsArn } from '#model';
import type { SessionRequest } from '#sessions';
import type { AccessRequest, OperationContext } from '../operation.ts';

/** The session as a policy names it. Source: "Actions, resources, and condition keys for AWS Systems Manager". */
export function sessionAccess(
  action: 'ResumeSession' | 'TerminateSession',
  sessionId: string,
  { scope }: OperationContext,
): AccessRequest {
  return {
    action: `ssm:${action}`,
    resource: `arn:aws:ssm:${scope.region}:${scope.accountId}:session/${sessionId}`,
  };
}

/** What a session of the caller's account and region is for; another's is not there. */
export function ownSession(sessionId: string, { scope, sessions }: OperationContext): SessionRequest | undefined {
  const request = sessions.requestOf(sessionId);
  const owner = request === undefined ? undefined : parseEcsArn(request.taskArn)?.scope;
  return owner?.accountId === scope.accountId && owner.region === scope.region ? request : undefined;
}

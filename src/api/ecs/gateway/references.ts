import { parseEcsArn, type Scope } from '#model';
import { ApiError } from '#wire/aws';
import { accountMismatch, invalidParameter, regionMismatch } from '../errors.ts';
import { ownArn, unexpectedArn } from '../references.ts';

const maxNameLength = 255;

/** A gateway's name: 1 to 255 characters. */
export function checkedGatewayName(name: string): string {
  if (name === '' || name.length > maxNameLength) {
    throw invalidParameter(`The gateway name must have 1 to ${maxNameLength} characters.`);
  }
  return name;
}

/** A gateway by name or ARN, as its ARN. InvalidParameterException for an ARN of anything else. */
export function gatewayArnFrom(scope: Scope, reference: string): string {
  if (!reference.startsWith('arn:')) {
    return `arn:aws:ecs:${scope.region}:${scope.accountId}:gateway/${checkedGatewayName(reference)}`;
  }
  ownArn(scope, reference, 'gateway', unexpectedArn);
  return reference;
}

/** The ARN of a route. Its form is not documented beyond being of ECS, so only whose it is can be checked. */
export function checkedRouteArn(scope: Scope, arn: string): string {
  const parsed = parseEcsArn(arn);
  if (parsed === undefined) throw invalidParameter(unexpectedArn(arn));
  if (parsed.scope.accountId !== scope.accountId) throw accountMismatch();
  if (parsed.scope.region !== scope.region) throw regionMismatch();
  return arn;
}

/** Every gateway is unknown: none can be made. */
export function gatewayNotFound(): ApiError {
  return new ApiError('GatewayNotFoundException', 'Gateway not found.');
}

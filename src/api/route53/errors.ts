import { ApiError } from '#wire/aws';

/** The errors of the Route 53 API. Where a sentence says no otherwise it is observed; AWS documents few of them. */

export function invalidInput(message: string): ApiError {
  return new ApiError('InvalidInput', message);
}

/** All that is wrong with a batch, in one. */
export function invalidChangeBatch(messages: readonly string[]): ApiError {
  return new ApiError('InvalidChangeBatch', `[${messages.join(', ')}]`, { members: { messages } });
}

export function noSuchHostedZone(hostedZoneId: string): ApiError {
  return new ApiError('NoSuchHostedZone', `No hosted zone found with ID: ${hostedZoneId}`);
}

export function noSuchChange(changeId: string): ApiError {
  return new ApiError('NoSuchChange', `Could not find resource with ID: ${changeId}`);
}

export function noSuchHealthCheck(healthCheckId: string): ApiError {
  return new ApiError('NoSuchHealthCheck', `A health check with id ${healthCheckId} does not exist.`);
}

export function zoneExists(callerReference: string): ApiError {
  const message = `A hosted zone has already been created with the specified caller reference: ${callerReference}.`;
  return new ApiError('HostedZoneAlreadyExists', message);
}

export function zoneNotEmpty(): ApiError {
  const message = 'The specified hosted zone contains non-required resource record sets and so cannot be deleted.';
  return new ApiError('HostedZoneNotEmpty', message);
}

export function invalidDomainName(name: string, reason: string): ApiError {
  return new ApiError('InvalidDomainName', `FATAL problem: ${reason} encountered with '${name}'`);
}

export function invalidVpc(vpcId: string): ApiError {
  const message = `The VPC: ${vpcId} that you provided is not authorized to make the association.`;
  return new ApiError('InvalidVPCId', message);
}

export function conflictingDomain(vpcId: string, region: string, name: string): ApiError {
  const message =
    `The VPC that you chose, ${vpcId} in region ${region}, is already associated with another private hosted zone ` +
    `that has an overlapping name space, ${name}.`;
  return new ApiError('ConflictingDomainExists', message);
}

export function publicZone(): ApiError {
  const message =
    'You are trying to associate a VPC with a public hosted zone. Amazon VPCs can be associated with private hosted zones only.';
  return new ApiError('PublicZoneVPCAssociation', message);
}

export function lastVpc(): ApiError {
  const message =
    'The VPC that you are trying to disassociate from the private hosted zone is the last VPC that is associated with the hosted zone.';
  return new ApiError('LastVPCAssociation', message);
}

export function vpcNotAssociated(vpcId: string, hostedZoneId: string): ApiError {
  const message = `The specified VPC ${vpcId} is not currently associated with hosted zone ${hostedZoneId}.`;
  return new ApiError('VPCAssociationNotFound', message);
}

/** What Cloud Map made is changed with Cloud Map. */
export function managedByCloudMap(hostedZoneId: string, namespaceId: string): ApiError {
  const message = `The resource hostedzone/${hostedZoneId} can only be managed through AWS Cloud Map (namespace ${namespaceId})`;
  return new ApiError('AccessDenied', message, { status: 403 });
}

export function tooManyZones(limit: number): ApiError {
  return new ApiError(
    'TooManyHostedZones',
    `Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones: ${limit}.`,
  );
}

export function limitsExceeded(message: string): ApiError {
  return new ApiError('LimitsExceeded', message);
}

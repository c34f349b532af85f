import type * as client from '@aws-sdk/client-ecs';
import type { InputOf } from '#wire/aws';
import type { Quotas } from '../../operation.ts';
import { checkedEnum } from '../enums.ts';
import { invalidParameter } from '../errors.ts';
import { firstRepeated } from '../task-definition/rules/rule.ts';

type Configuration = InputOf<typeof client, 'CreateGateway'>['configuration'];
type Update = NonNullable<InputOf<typeof client, 'UpdateGateway'>['configuration']>;
type Alb = Configuration['hostSharedAlb'];
type AlbUpdate = Update['hostSharedAlb'];

export const associationStatuses = ['ACTIVE', 'DISASSOCIATING', 'INACTIVE'] as const;
export const gatewayStatuses = ['ACTIVE', 'DELETED', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_IN_PROGRESS'] as const;
export const propagations = ['GATEWAY', 'NONE'] as const;
export const routeStatuses = [
  'ACTIVE',
  'CREATE_FAILED',
  'CREATE_IN_PROGRESS',
  'DELETE_FAILED',
  'DELETE_IN_PROGRESS',
  'UPDATE_FAILED',
  'UPDATE_IN_PROGRESS',
] as const;

const path = 'configuration.hostSharedAlb';
const httpsPort = 443;

/** HostSharedAlbConfiguration of a new gateway: the one variant there is, as the wire has seen to. */
export function checkGatewayConfiguration({ hostSharedAlb: alb }: Configuration, quotas: Quotas): void {
  const scheme = checkedEnum(`${path}.scheme`, alb.scheme, ['internal', 'internet-facing']);
  const protocol = checkedEnum(`${path}.protocol`, alb.protocol, ['HTTP', 'HTTPS']);
  if (protocol === 'HTTP') throw invalidParameter('The only supported protocol of a gateway is HTTPS.');
  if (alb.port !== undefined && alb.port !== httpsPort) {
    throw invalidParameter(`The only supported port of a gateway is ${httpsPort}.`);
  }
  checkNetwork(alb.networkConfiguration ?? {}, scheme, quotas);
  checkChangeable(alb);
}

/** UpdateGatewayAlbConfiguration: what of it can be changed. */
export function checkGatewayUpdate(configuration: Update | undefined): void {
  if (configuration === undefined) return;
  const alb = configuration.hostSharedAlb;
  checkSecurityGroup(alb.networkConfiguration?.inboundSecurityGroup);
  checkChangeable(alb);
}

function checkNetwork(
  network: NonNullable<Alb['networkConfiguration']>,
  scheme: string | undefined,
  { subnetsPerAwsvpcConfiguration: most }: Quotas,
): void {
  const { subnets = [], inboundSecurityGroup, ipAddressType } = network;
  checkSecurityGroup(inboundSecurityGroup);
  if (subnets.length > most) throw invalidParameter(`subnets can have at most ${most} items.`);
  const wrong = subnets.find((subnet) => !/^subnet-[0-9a-f]{8,17}$/.test(subnet)) ?? firstRepeated(subnets);
  if (wrong !== undefined) throw invalidParameter(`Invalid or repeated subnet: ${wrong}`);
  const types = ['dualstack', 'dualstack-without-public-ipv4', 'ipv4'] as const;
  const type = checkedEnum(`${path}.networkConfiguration.ipAddressType`, ipAddressType, types);
  if (type === 'dualstack-without-public-ipv4' && scheme === 'internal') {
    throw invalidParameter('ipAddressType dualstack-without-public-ipv4 needs the scheme internet-facing.');
  }
}

function checkSecurityGroup(groupId: string | undefined): void {
  if (groupId !== undefined && !/^sg-[0-9a-f]{8,17}$/.test(groupId)) {
    throw invalidParameter(`Invalid inboundSecurityGroup: ${groupId}`);
  }
}

function checkChangeable({ webACLArn, accessLogs, maxAlbCount, httpDesync, testTrafficRules }: AlbUpdate): void {
  if (webACLArn !== undefined && !/^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:\S+$/.test(webACLArn)) {
    throw invalidParameter(`webACLArn must be the ARN of a web ACL, but was ${webACLArn}`);
  }
  if (maxAlbCount !== undefined && !(Number.isInteger(maxAlbCount) && maxAlbCount >= 1)) {
    throw invalidParameter('maxAlbCount must be a whole number of at least 1.');
  }
  checkedEnum(`${path}.httpDesync`, httpDesync, ['defensive', 'monitor', 'strictest']);
  checkAccessLogs(accessLogs);
  checkTestTraffic(testTrafficRules);
}

function checkAccessLogs(logs: AlbUpdate['accessLogs']): void {
  if (logs === undefined) return;
  if (logs.destination === undefined) throw invalidParameter('accessLogs must have a destination.');
  const { s3 } = logs.destination;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(s3.bucket)) {
    throw invalidParameter(`Invalid bucket of the access logs: ${s3.bucket}`);
  }
}

const maxHeaderNameLength = 40;
const maxHeaderValueLength = 128;

/** As the conditions of an Application Load Balancer's rules: a header of up to 40 characters, values of up to 128. */
function checkTestTraffic(rules: AlbUpdate['testTrafficRules']): void {
  const header = rules?.header;
  if (header === undefined) return;
  if (header.name === '' || header.name.length > maxHeaderNameLength) {
    throw invalidParameter(`The header of test traffic must have a name of 1 to ${maxHeaderNameLength} characters.`);
  }
  const valid = header.values.every((value) => value !== '' && value.length <= maxHeaderValueLength);
  if (header.values.length === 0 || !valid) {
    throw invalidParameter(`The header of test traffic must have values of 1 to ${maxHeaderValueLength} characters.`);
  }
}

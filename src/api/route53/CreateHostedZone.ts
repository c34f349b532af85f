import type { HostedZone, ZoneVpc } from '#model';
import type { RoadsteadTx } from '#store';
import { type OperationContext, operation } from '../operation.ts';
import { idCharacters, putChange } from './change.ts';
import { invalidDomainName, invalidInput, tooManyZones, zoneExists } from './errors.ts';
import { limits } from './limits.ts';
import { parseName } from './names.ts';
import { presentChange, presentDelegationSet, presentVpcs, presentZone } from './present.ts';
import { anyResource, route53 } from './service.ts';
import { requireNoConflict, requireVpc, vpcFrom } from './vpc.ts';
import { nameServers, requiredRecordSets } from './zone.ts';

/** How long resolvers may keep that there is nothing, seconds; AWS's own. */
const negativeTtl = 86_400;

/** CreateHostedZone: with a VPC a private one. Delegation sets that are used again there are none. */
export const CreateHostedZone = operation(route53, 'CreateHostedZone', {
  authorize: () => ({ action: 'route53:CreateHostedZone', resource: anyResource }),
  command: ({ Name, CallerReference, VPC, HostedZoneConfig, DelegationSetId }, ctx) => {
    if (DelegationSetId !== undefined) {
      throw invalidInput('DelegationSetId cannot be used: reusable delegation sets are not part of this Roadstead.');
    }
    const parsed = parseName(Name);
    if ('problem' in parsed) throw invalidDomainName(Name, parsed.problem);
    if (HostedZoneConfig?.PrivateZone === true && VPC === undefined) {
      throw invalidInput('A private hosted zone must be associated with a VPC: VPC is missing.');
    }
    const vpc = VPC === undefined ? undefined : vpcFrom(VPC, ctx);
    return newZone(
      { name: parsed.name, callerReference: CallerReference, comment: HostedZoneConfig?.Comment, vpc },
      ctx,
    );
  },
  apply: (tx, zone, ctx) => {
    requireRoom(tx, zone);
    for (const vpc of zone.vpcs) {
      requireVpc(tx, vpc, ctx);
      requireNoConflict(tx, vpc, zone.name);
    }
    tx.hostedZones.put(zone);
    for (const set of requiredRecordSets(zone.hostedZoneId, zone.name, negativeTtl)) tx.resourceRecordSets.put(set);
    return { zone: presentZone(zone, tx), record: zone, change: putChange(tx, ctx) };
  },
  output: ({ zone, record, change }, { endpoint }) => ({
    HostedZone: zone,
    ChangeInfo: presentChange(change, 'PENDING'),
    ...(record.isPrivate ? { VPC: presentVpcs(record)[0] } : {}),
    DelegationSet: presentDelegationSet(record),
    Location: `${endpoint}/2013-04-01/hostedzone/${record.hostedZoneId}`,
  }),
});

function newZone(
  {
    name,
    callerReference,
    comment,
    vpc,
  }: { name: string; callerReference: string; comment: string | undefined; vpc: ZoneVpc | undefined },
  ctx: OperationContext,
): HostedZone {
  return {
    accountId: ctx.scope.accountId,
    hostedZoneId: `Z${ctx.ids.from(idCharacters, 20)}`,
    name,
    callerReference,
    ...(comment === undefined ? {} : { comment }),
    isPrivate: vpc !== undefined,
    vpcs: vpc === undefined ? [] : [vpc],
    nameServers,
    tags: [],
    createdAt: ctx.now,
  };
}

function requireRoom(tx: RoadsteadTx, { accountId, callerReference }: HostedZone): void {
  const zones = [...tx.hostedZones.by('account', accountId)];
  if (zones.some((other) => other.callerReference === callerReference)) throw zoneExists(callerReference);
  if (zones.length >= limits.zonesPerAccount) throw tooManyZones(limits.zonesPerAccount);
}

import { takesTrunk } from '#model';
import { compareVersions, parseVersion } from '#scheduler';
import type { Registration } from './registration.ts';

const trunkingCapability = 'ecs.capability.task-eni-trunking';
const oldestTrunkingAgent = [1, 28, 1];

/**
 * Whether a new instance may have a trunk interface: a Linux instance of a type with more interfaces then, whose agent
 * does trunking and is 1.28.1 or later. Source: "Elastic network interface trunking", considerations.
 */
export function getsTrunk({ identity, attributes, versionInfo }: Registration): boolean {
  const values = new Map(attributes.map(({ name, value }) => [name, value]));
  const version = parseVersion(versionInfo.agentVersion ?? '');
  return (
    takesTrunk(identity.instanceType) &&
    values.has(trunkingCapability) &&
    values.get('ecs.os-type') !== 'windows' &&
    version !== undefined &&
    compareVersions(version, oldestTrunkingAgent) >= 0
  );
}

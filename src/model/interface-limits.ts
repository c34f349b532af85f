import { attributeValue, type ContainerInstance } from './container-instance.ts';
import { type InterfaceCounts, interfaceCounts } from './interface-counts.ts';

/** The attribute of an instance with a trunk interface. */
export const trunkAttribute = 'ecs.awsvpc-trunk-id';

const interfaces = byType(({ interfaces: counts }) => counts);
const trunkedTasks = byType(({ trunked = '' }) => trunked);

/**
 * How many awsvpc tasks an instance has interfaces for: one less than its type allows, for one is its own; more with a
 * trunk. `undefined` is no limit: the machine is of no EC2 type, or of the Fargate pool.
 * Source: "Elastic network interface trunking".
 */
export function interfaceLimitOf(instance: Pick<ContainerInstance, 'attributes' | 'pool'>): number | undefined {
  const type = instance.pool === undefined ? attributeValue(instance, 'ecs.instance-type') : undefined;
  if (type === undefined) return undefined;
  const trunked = attributeValue(instance, trunkAttribute) === undefined ? undefined : trunkedTasks.get(type);
  const own = interfaces.get(type);
  return trunked ?? (own === undefined ? undefined : own - 1);
}

/** Whether instances of the type may have a trunk interface. */
export function takesTrunk(instanceType: string | undefined): boolean {
  return instanceType !== undefined && trunkedTasks.has(instanceType);
}

function byType(countsOf: (row: InterfaceCounts) => string): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  for (const row of interfaceCounts) {
    for (const [, size, count] of countsOf(row).matchAll(/(\w+) (\d+)/g)) {
      for (const family of row.families.split(' ')) byName.set(`${family}.${size}`, Number(count));
    }
  }
  return byName;
}

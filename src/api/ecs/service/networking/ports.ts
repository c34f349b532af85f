import type * as Ecs from '@aws-sdk/client-ecs';
import type { InputOf } from '#wire/aws';
import { checkedEnum, checkedEnums } from '../../enums.ts';
import { invalidParameter } from '../../errors.ts';
import { checkedRoleArn } from '../../role-arns.ts';
import { requireNamedPort, type Subject } from './subject.ts';

type CreateInput = InputOf<typeof Ecs, 'CreateService'>;

/** VpcLatticeConfiguration: a role, and a port of the definition by its name. */
export function checkLattice(configurations: NonNullable<CreateInput['vpcLatticeConfigurations']>, on: Subject): void {
  for (const { roleArn, portName, targetGroupArn } of configurations) {
    checkedRoleArn('vpcLatticeConfigurations.roleArn', roleArn);
    if (targetGroupArn === '') throw invalidParameter('vpcLatticeConfigurations.targetGroupArn can not be blank.');
    requireNamedPort(on, portName);
  }
}

const protocols = ['HTTP', 'HTTPS'];
const accessTypes = ['PUBLIC', 'PRIVATE'];

/** GatewayConnector: one at most, for a port of the definition by its name. */
export function checkGatewayConnectors(connectors: NonNullable<CreateInput['gatewayConnectors']>, on: Subject): void {
  if (connectors.length > 1) throw invalidParameter('gateway connectors can have at most 1 items.');
  for (const { portName, healthCheck, filters } of connectors) {
    requireNamedPort(on, portName);
    checkedEnum('gatewayConnectors.healthCheck.healthCheckProtocol', healthCheck?.healthCheckProtocol, protocols);
    checkedEnums('gatewayConnectors.filters.accessTypes', filters?.accessTypes, accessTypes);
  }
}

import { assert, type Ids } from '#base';
import {
  type AwsvpcConfiguration,
  type LaunchType,
  type NetworkInterface,
  type SecurityGroup,
  type Subnet,
  type Task,
  type TaskInterface,
  taskStatusRank,
} from '#model';
import { addressFor, capacityOf, formatAddress, type Hints, newInterface, rangeOf } from '#network';

/** What the decision about one task's interface reads. */
export interface InterfaceView {
  /** Absent when only its interface is left. */
  readonly task: Task | undefined;
  /** The interfaces recorded for the task; more than one only by mistake. */
  readonly interfaces: readonly NetworkInterface[];
  subnet(subnetId: string): Subnet | undefined;
  /** Interfaces in a subnet. */
  interfacesIn(subnetId: string): number;
  /** Whether any interface, of whatever subnet, has the address. */
  isAddressUsed(address: string): boolean;
  /** A VPC's group named `default`. */
  defaultSecurityGroup(vpcId: string): SecurityGroup | undefined;
  /** A public address that nothing has; `undefined` when there is none. */
  publicAddress(): string | undefined;
  /** Where the search in a subnet goes on, for the task's host and for all; absent before the first. */
  hints(subnetId: string): Hints;
}

export type InterfaceDecision =
  | { readonly do: 'nothing' }
  | {
      readonly do: 'attach';
      readonly eni: TaskInterface;
      readonly availabilityZone: string;
      /** Where the next search in the subnet goes on. */
      readonly hints: Hints;
    }
  | { readonly do: 'release' }
  | { readonly do: 'fail'; readonly reason: string };

/**
 * What a task's interface needs now: an address as soon as the task has a host, and giving it back when nothing of the
 * task runs any longer. An address is given to one task at a time in all VPCs together, so that hosts may route them
 * all in one table.
 */
export function decideInterface(view: InterfaceView, ids: Ids): InterfaceDecision {
  const { task } = view;
  if (task === undefined) return view.interfaces.length > 0 ? { do: 'release' } : { do: 'nothing' };
  const { attachment } = task;
  if (attachment === undefined) return { do: 'nothing' };
  if (taskStatusRank(task.lastStatus) >= taskStatusRank('DEPROVISIONING')) {
    const held = attachment.status !== 'DELETED' || view.interfaces.length > 0;
    return held ? { do: 'release' } : { do: 'nothing' };
  }
  const wanted = task.desiredStatus === 'RUNNING' && task.hostArn !== undefined;
  if (!wanted || attachment.status !== 'PRECREATED') return { do: 'nothing' };
  return attach(view, task, attachment.id, ids);
}

function attach(view: InterfaceView, task: Task, attachmentId: string, ids: Ids): InterfaceDecision {
  const configuration = task.networkConfiguration;
  assert(configuration !== undefined, `awsvpc task ${task.taskArn} has no network configuration`);
  const given = configuration.subnets.flatMap((id) => view.subnet(id) ?? []);
  const usable = subnetsFor(task.launchType, task.availabilityZone, given);
  const byLoad = usable
    .map((subnet) => ({ subnet, interfaces: view.interfacesIn(subnet.subnetId) }))
    .sort((a, b) => a.interfaces - b.interfaces);
  const wantsPublic = configuration.assignPublicIp === 'ENABLED';
  const publicIp = wantsPublic ? view.publicAddress() : undefined;
  if (wantsPublic && publicIp === undefined) {
    return {
      do: 'fail',
      reason: failureText(configuration, byLoad[0]?.subnet.subnetId, 'InsufficientAddressCapacity'),
    };
  }
  for (const { subnet, interfaces } of byLoad) {
    const range = rangeOf(subnet.cidrBlock);
    if (interfaces >= capacityOf(range)) continue;
    const found = addressFor(range, view.hints(subnet.subnetId), (text) => view.isAddressUsed(text));
    if (found === undefined) continue;
    const { address, ...hints } = found;
    const eni = taskInterface(view, { task, attachmentId, configuration, subnet, address, publicIp }, ids);
    return { do: 'attach', eni, availabilityZone: subnet.availabilityZone, hints };
  }
  const code = usable.length === 0 ? 'InvalidSubnetID.NotFound' : 'InsufficientFreeAddressesInSubnet';
  return { do: 'fail', reason: failureText(configuration, byLoad[0]?.subnet.subnetId, code) };
}

/** An instance's tasks live in its zone; a Fargate task may live in any of the subnets given. */
function subnetsFor(launchType: LaunchType, zone: string | undefined, given: readonly Subnet[]): readonly Subnet[] {
  if (launchType === 'FARGATE' || zone === undefined) return given;
  return given.filter((subnet) => subnet.availabilityZone === zone);
}

/** Source: "Stopped tasks error messages", network interface errors, in the ECS developer guide. */
function failureText(configuration: AwsvpcConfiguration, subnetId: string | undefined, code: string): string {
  const publicIp = configuration.assignPublicIp === 'ENABLED' ? 'enabled' : 'disabled';
  return (
    'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ' +
    `${publicIp} in subnet '${subnetId ?? configuration.subnets[0] ?? ''}': ${code}`
  );
}

function taskInterface(
  view: InterfaceView,
  wanted: {
    readonly task: Task;
    readonly attachmentId: string;
    readonly configuration: AwsvpcConfiguration;
    readonly subnet: Subnet;
    readonly address: number;
    readonly publicIp: string | undefined;
  },
  ids: Ids,
): TaskInterface {
  const { task, subnet, configuration, attachmentId, publicIp } = wanted;
  const fallback = view.defaultSecurityGroup(subnet.vpcId);
  const securityGroups =
    configuration.securityGroups.length > 0 || fallback === undefined
      ? configuration.securityGroups
      : [fallback.groupId];
  const ofTask = {
    attachmentId,
    taskArn: task.taskArn,
    ...(task.hostArn === undefined ? {} : { hostArn: task.hostArn }),
    ...(publicIp === undefined ? {} : { association: { publicIp } }),
  };
  return { ...newInterface(subnet, formatAddress(wanted.address), { securityGroups }, ids), ...ofTask };
}

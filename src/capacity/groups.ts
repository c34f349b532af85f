import type { Instant } from '#base';
import type { ContainerInstance, ContainerInstanceArn, Scope } from '#model';
import type { RoadsteadTx, RoadsteadView } from '#store';

/** A group of machines as a capacity provider sees it. */
export interface AutoScalingGroup {
  readonly name: string;
  /** New machines are protected from scale-in: nothing ends one that ECS has not released. */
  readonly protectsFromScaleIn: boolean;
  /** Whether it launches and ends machines by itself, up to its desired capacity. */
  readonly launches: boolean;
  readonly desiredCapacity: number;
  readonly minSize: number;
  readonly maxSize: number;
}

/** A machine of a group that is registered as a container instance. */
export interface GroupMachine {
  readonly instance: ContainerInstance;
  readonly protectedFromScaleIn: boolean;
  /** Since when the group waits to end it. */
  readonly endingSince?: Instant;
}

/** What capacity providers ask of Auto Scaling groups. All of it is synchronous: groups are records of the same store. */
export interface AutoScalingGroups {
  /** The group of that name in the scope. */
  find(view: RoadsteadView, scope: Scope, name: string): AutoScalingGroup | undefined;
  /** Its machines, in whatever cluster they are. */
  machines(view: RoadsteadView, scope: Scope, name: string): readonly GroupMachine[];
  /** Asks for so many machines; of a group that does not launch any it changes nothing. */
  setDesiredCapacity(tx: RoadsteadTx, group: GroupRef, desiredCapacity: number): void;
  setProtection(tx: RoadsteadTx, group: GroupRef, machines: readonly ContainerInstanceArn[], on: boolean): void;
  /** The group need not wait any longer before it ends them. */
  letGo(tx: RoadsteadTx, group: GroupRef, machines: readonly ContainerInstanceArn[]): void;
  /** What a caller who named a group that is not there is told to do, in one sentence or more. */
  howToMake(name: string): string;
}

/** Which group is meant. */
export interface GroupRef {
  readonly scope: Scope;
  readonly name: string;
}

const arnPattern =
  /^arn:aws[a-z-]*:autoscaling:([a-z0-9-]+):(\d{12}):autoScalingGroup:[^:/]*:autoScalingGroupName\/(.+)$/;

/** An Auto Scaling group by ARN or name; `undefined` for an ARN of anything else, or of another account or region. */
export function groupNameFrom(scope: Scope, reference: string): string | undefined {
  if (!reference.startsWith('arn:')) return reference;
  const [, region, accountId, name] = arnPattern.exec(reference) ?? [];
  return region === scope.region && accountId === scope.accountId ? name : undefined;
}

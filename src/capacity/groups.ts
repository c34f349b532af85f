import type { Scope } from '#model';
import type { RoadsteadView } from '#store';

/** A group of machines as a capacity provider sees it. */
export interface AutoScalingGroup {
  readonly name: string;
  /** New machines are protected from scale-in: nothing ends one that ECS has not released. */
  readonly protectsFromScaleIn: boolean;
}

/** What capacity providers ask of Auto Scaling groups. All of it is synchronous: groups are records of the same store. */
export interface AutoScalingGroups {
  /** The group of that name in the scope. */
  find(view: RoadsteadView, scope: Scope, name: string): AutoScalingGroup | undefined;
  /** What a caller who named a group that is not there is told to do, in one sentence or more. */
  howToMake(name: string): string;
}

const arnPattern =
  /^arn:aws[a-z-]*:autoscaling:([a-z0-9-]+):(\d{12}):autoScalingGroup:[^:/]*:autoScalingGroupName\/(.+)$/;

/** An Auto Scaling group by ARN or name; `undefined` for an ARN of anything else, or of another account or region. */
export function groupNameFrom(scope: Scope, reference: string): string | undefined {
  if (!reference.startsWith('arn:')) return reference;
  const [, region, accountId, name] = arnPattern.exec(reference) ?? [];
  return region === scope.region && accountId === scope.accountId ? name : undefined;
}

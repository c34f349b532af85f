import type { Ids, Instant } from '#base';
import type { CodeDeployDeployment, ListenerRule, Scope, Service, TaskSet } from '#model';

export interface DeploymentContext {
  readonly now: Instant;
  readonly ids: Ids;
  /** Whether the hosts that carry the rules' load balancers know them as they are. */
  heard(rules: readonly ListenerRule[]): boolean;
  /** What an alarm says; `undefined` when there is none of that name. */
  alarm(scope: Scope, name: string): 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | undefined;
}

/** What is to be written, and when to look again if nothing changes. */
export interface DeploymentDecision {
  /** The very same record when nothing changes. */
  readonly deployment: CodeDeployDeployment;
  /** The rollback that begins. */
  readonly rollback?: CodeDeployDeployment;
  readonly taskSets?: readonly TaskSet[];
  readonly service?: Service;
  readonly rules?: readonly ListenerRule[];
  readonly wakeAt?: Instant;
}

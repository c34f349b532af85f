import type { Ids, Instant, Random } from '#base';
import type { Service, ServiceDeployment, ServiceRevision, Task, TaskSet, TaskSetArn } from '#model';
import type { AlarmStates } from './alarms.ts';
import type { ServiceSettings } from './settings.ts';
import type { TrafficShift } from './stages/index.ts';

/** What a decision is given beside the view. */
export interface DecisionContext {
  readonly now: Instant;
  readonly ids: Ids;
  readonly random: Random;
  readonly settings: ServiceSettings;
  readonly alarms: AlarmStates;
  readonly traffic: TrafficShift;
}

/** A task to stop, and why. */
export interface Stop {
  readonly task: Task;
  readonly reason: string;
}

/** What is to be done for one service now, complete enough to be written as it is. */
export interface ServiceDecision {
  /** The record afterwards; the very same object when nothing of it changes. */
  readonly service: Service;
  /** Service deployments that moved. */
  readonly serviceDeployments: readonly ServiceDeployment[];
  /** Revisions whose images are settled now. */
  readonly revisions: readonly ServiceRevision[];
  /** Task sets that changed, and those that are over; absent for services that have none. */
  readonly taskSets?: { readonly put: readonly TaskSet[]; readonly removed: readonly TaskSetArn[] };
  /** New tasks, each placed on its host. */
  readonly starts: readonly Task[];
  readonly stops: readonly Stop[];
  /** Ended tasks that were taken note of. */
  readonly counted: readonly Task[];
  /** Texts for the event stream, oldest first. */
  readonly events: readonly string[];
  /** When to look again though nothing has changed. */
  readonly wakeAt: Instant | undefined;
  /** Tasks found no host: look again when room is made. */
  readonly starved: boolean;
  /** The zones that rebalancing compared: look again when a host takes tasks in another. Absent when it did not. */
  readonly zones?: readonly string[];
}

/** A decision but for what follows from it: service deployments and revisions. */
export interface ServiceRound extends Omit<ServiceDecision, 'serviceDeployments' | 'revisions' | 'taskSets'> {
  /** The service deployment of the release that is under way, which its stages may have moved. */
  readonly staged?: ServiceDeployment;
}

/** Whether the decision changes nothing. */
export function isEmpty(decision: ServiceDecision, before: Service): boolean {
  const { service, serviceDeployments, revisions, taskSets, starts, stops, counted, events } = decision;
  const ofTaskSets = [taskSets?.put ?? [], taskSets?.removed ?? []];
  const written = [serviceDeployments, revisions, starts, stops, counted, events, ...ofTaskSets];
  return service === before && written.every(({ length }) => length === 0);
}

import { type EcsEventFacts, type Service, type ServiceActionName, usesTaskSets } from '#model';
import type { ChangeOf } from './change.ts';
import { action, troubleEvents } from './of-service.ts';

/** What Availability Zone rebalancing of a service begins, moves, could not do, and ends with. */
export function rebalancingEvents({ before, after }: ChangeOf<Service>): EcsEventFacts[] {
  if (after === undefined || after.status !== 'ACTIVE' || usesTaskSets(after)) return [];
  if (after.rebalancing === before?.rebalancing) return [];
  const [earlier, now] = [before?.rebalancing, after.rebalancing];
  const told = (eventName: ServiceActionName): EcsEventFacts => action(after, eventName);
  if (now === undefined) return earlier?.state === 'IN_PROGRESS' ? [told('SERVICE_REBALANCING_COMPLETED')] : [];
  const begins = earlier === undefined || (earlier.state === 'STOPPED' && now.state === 'IN_PROGRESS');
  const stops = now.state === 'STOPPED' && earlier?.state !== 'STOPPED';
  const started = now.started.filter((arn) => earlier?.started.includes(arn) !== true);
  return [
    ...(begins ? [told('SERVICE_REBALANCING_STARTED')] : []),
    ...(started.length === 0 ? [] : [action(after, 'TASKS_STARTED', { taskArns: started })]),
    ...troubleEvents(after, now, earlier),
    ...(stops ? [told('SERVICE_REBALANCING_STOPPED')] : []),
  ];
}

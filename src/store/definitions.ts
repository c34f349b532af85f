import { asTaskDefinition, type TaskDefinition } from '#model';
import type { RoadsteadView } from './schema.ts';

/** The definition that a task was made from, be it one of daemons or not. */
export function findDefinition(view: RoadsteadView, arn: string): TaskDefinition | undefined {
  const definition = view.taskDefinitions.find(arn);
  if (definition !== undefined) return definition;
  const ofDaemon = view.daemonTaskDefinitions.find(arn);
  return ofDaemon === undefined ? undefined : asTaskDefinition(ofDaemon);
}

import { type DaemonTaskDefinition, daemonTaskDefinitionArn, type Scope } from '#model';
import type { RoadsteadView } from '#store';
import { familyKey, parseTaskDefinitionReference, type TaskDefinitionReference } from '../task-definition/resolve.ts';

/** Reads `family`, `family:revision` or an ARN, with the refusals of references to task definitions. */
export function parseDaemonReference(scope: Scope, text: string): TaskDefinitionReference {
  return parseTaskDefinitionReference(scope, text, 'daemon-task-definition');
}

/** The definition a reference means; `undefined` when there is none, or no ACTIVE one for a family. */
export function findDaemonTaskDefinition(
  view: RoadsteadView,
  scope: Scope,
  reference: TaskDefinitionReference,
): DaemonTaskDefinition | undefined {
  const { family, revision } = reference;
  if (revision !== undefined) return view.daemonTaskDefinitions.find(daemonTaskDefinitionArn(scope, family, revision));
  let newest: DaemonTaskDefinition | undefined;
  for (const definition of view.daemonTaskDefinitions.by('family', familyKey(scope, family))) {
    if (definition.status === 'ACTIVE' && definition.revision > (newest?.revision ?? 0)) newest = definition;
  }
  return newest;
}

/** The resource that a policy must allow: the ARN named, or every revision of the family named. Throws as above. */
export function daemonTaskDefinitionResource(scope: Scope, text: string): string {
  const { family, revision } = parseDaemonReference(scope, text);
  return revision === undefined
    ? daemonFamilyResource(scope, family)
    : daemonTaskDefinitionArn(scope, family, revision);
}

/** Every revision of a family, as a policy names them. */
export function daemonFamilyResource(scope: Scope, family: string): string {
  return `arn:aws:ecs:${scope.region}:${scope.accountId}:daemon-task-definition/${family}:*`;
}

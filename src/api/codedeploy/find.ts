import {
  type CodeDeployApplication,
  type CodeDeployDeployment,
  type CodeDeployGroup,
  type CodeDeployRouting,
  codeDeployArn,
  predefinedCodeDeployConfigs,
  type Scope,
  scopeKey,
} from '#model';
import type { RoadsteadView } from '#store';
import { applicationNotFound, configNotFound, deploymentNotFound, groupNotFound } from './errors.ts';

/** ApplicationDoesNotExistException when there is none. */
export function findApplication(view: RoadsteadView, scope: Scope, name: string): CodeDeployApplication {
  for (const found of view.codeDeployApplications.by('name', `${scopeKey(scope)}/${name}`)) return found;
  throw applicationNotFound(name);
}

export function hasApplication(view: RoadsteadView, scope: Scope, name: string): boolean {
  return view.codeDeployApplications.count('name', `${scopeKey(scope)}/${name}`) > 0;
}

/** DeploymentGroupDoesNotExistException when the application has none of the name. */
export function findGroup(
  view: RoadsteadView,
  { applicationId }: Pick<CodeDeployApplication, 'applicationId'>,
  name: string,
): CodeDeployGroup {
  for (const found of view.codeDeployGroups.by('name', `${applicationId}/${name}`)) return found;
  throw groupNotFound(name);
}

export function hasGroup(
  view: RoadsteadView,
  { applicationId }: Pick<CodeDeployApplication, 'applicationId'>,
  name: string,
): boolean {
  return view.codeDeployGroups.count('name', `${applicationId}/${name}`) > 0;
}

/** DeploymentDoesNotExistException when it is not the caller's. */
export function findDeployment(view: RoadsteadView, scope: Scope, id: string): CodeDeployDeployment {
  const found = view.codeDeployDeployments.find(id);
  if (found === undefined || scopeKey(found) !== scopeKey(scope)) throw deploymentNotFound(id);
  return found;
}

/** What a configuration has of routing, one of AWS's or of the account's own. */
export function findRouting(view: RoadsteadView, scope: Scope, name: string): CodeDeployRouting {
  const predefined = predefinedCodeDeployConfigs.get(name);
  const found = predefined ?? view.codeDeployConfigs.find(`${scopeKey(scope)}/${name}`)?.routing;
  if (found === undefined) throw configNotFound(name);
  return found;
}

export function groupArn(scope: Scope, application: string, group: string): string {
  return codeDeployArn(scope, 'deploymentgroup', `${application}/${group}`);
}

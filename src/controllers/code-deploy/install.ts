import { isCodeDeployId, newTaskSet, type Service, settingsOf, type TargetGroup, type TaskSet } from '#model';
import type { DeploymentContext, DeploymentDecision } from './decision.ts';
import { failed } from './end.ts';
import { type Trouble, troubles } from './messages.ts';
import { isBehind, type Pair, rulesBetween } from './rules.ts';
import { type DeploymentView, replacementProblem } from './view.ts';

/** What a replacement is made beside. */
interface Ready {
  readonly service: Service;
  readonly blue: TaskSet;
  readonly pair: Pair;
  /** The group of the replacement. */
  readonly group: TargetGroup;
}

/** The primary task set and the two target groups; or what is wrong with them. */
export function prepare(view: DeploymentView): Ready | { readonly trouble: Trouble } {
  const { deployment, service } = view;
  const blue = view.taskSets.find(({ status }) => status === 'PRIMARY');
  if (service === undefined || blue === undefined) return { trouble: troubles.primary(deployment) };
  const { targetGroupNames, prodListenerArns, testListenerArns } = deployment.balancing;
  const own = blue.loadBalancers?.[0]?.targetGroupArn ?? 'none';
  const groups = targetGroupNames.flatMap((name) => view.targetGroup(name) ?? []);
  const group = groups.find(({ targetGroupArn }) => targetGroupArn !== own);
  if (groups.length < 2 || group === undefined || !groups.some(({ targetGroupArn }) => targetGroupArn === own)) {
    return { trouble: troubles.targetGroups(targetGroupNames, own) };
  }
  const pair = { blue: own, green: group.targetGroupArn };
  const elsewhere =
    prodListenerArns.find((arn) => !isBehind(view, arn, pair, own)) ??
    testListenerArns.find((arn) => rulesBetween(view, [arn], pair).length === 0);
  if (elsewhere !== undefined) return { trouble: troubles.listener(elsewhere) };
  return { service, blue, pair, group };
}

/** The replacement with all of the service's tasks, in place of what deployments before left. */
export function replacement(view: DeploymentView, ready: Ready, ctx: DeploymentContext): DeploymentDecision {
  const { deployment, taskSets } = view;
  const { service, blue, group } = ready;
  const definition = view.definition();
  const problem = replacementProblem(view, service, definition, group);
  if (problem !== undefined || definition === undefined) return failed(view, troubles.ecs(problem ?? ''), ctx);
  const { containerName, containerPort, platformVersion, networkConfiguration } = deployment.appSpec;
  const { taskDefinitionArn } = definition;
  const green = newTaskSet(
    service,
    {
      ...settingsOf({ ...service, taskDefinitionArn }),
      ...(platformVersion === undefined ? {} : { platformVersion }),
      ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
      loadBalancers: [{ targetGroupArn: group.targetGroupArn, containerName, containerPort }],
      externalId: deployment.deploymentId,
      scalePercent: 100,
      tags: [],
      requestDigest: deployment.revision.sha256,
    },
    ctx,
  );
  const left = taskSets.filter(({ status, externalId = '' }) => status === 'ACTIVE' && isCodeDeployId(externalId));
  const going = left.map((each): TaskSet => ({ ...each, status: 'DRAINING', updatedAt: ctx.now }));
  return {
    deployment: {
      ...deployment,
      blueArn: blue.taskSetArn,
      greenArn: green.taskSetArn,
      phaseAt: ctx.now,
      updatedAt: ctx.now,
    },
    taskSets: [...going, green],
  };
}

import { assert } from '#base';
import { primaryDeployment, revisionArnOf, type Service } from '#model';
import type { RoadsteadTx } from '#store';
import type { OperationContext } from '../../operation.ts';
import { invalidParameter } from '../errors.ts';
import { deploy } from '../service/deployment.ts';
import { checkedNetwork } from '../task/network.ts';
import { changedDefinition, mainOf } from './definition.ts';
import { admit } from './ingress.ts';
import { networkOf, tasksNetwork } from './network.ts';
import type { FoundExpress } from './references.ts';
import type { ExpressSettings } from './rules.ts';
import { scalingAfter } from './scaling.ts';

/** Stores the service as the request wants it, deployed anew where that needs new tasks. */
export function updatedExpress(
  tx: RoadsteadTx,
  current: FoundExpress,
  input: ExpressSettings,
  ctx: OperationContext,
): FoundExpress {
  const { express, taskDefinitionArn } = current;
  assert(taskDefinitionArn !== undefined, 'an Express service has a task definition');
  const definition = changedDefinition(tx, tx.taskDefinitions.get(taskDefinitionArn), input, ctx);
  const { port } = mainOf(definition);
  const networkConfiguration = networkAfter(tx, current, input, ctx);
  checkedNetwork(tx, ctx.scope, ctx.ids, { definition, launchType: 'FARGATE', configuration: networkConfiguration });
  const scalingTarget = scalingAfter(input.scalingTarget, express.scalingTarget);
  const healthCheckPath = input.healthCheckPath ?? express.healthCheckPath;
  const updated: FoundExpress = {
    ...current,
    taskDefinitionArn: definition.taskDefinitionArn,
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(current.loadBalancers === undefined
      ? {}
      : { loadBalancers: current.loadBalancers.map((each) => ({ ...each, containerPort: port })) }),
    desiredCount:
      input.scalingTarget === undefined
        ? current.desiredCount
        : Math.min(scalingTarget.maxTaskCount, Math.max(scalingTarget.minTaskCount, current.desiredCount)),
    express: { ...express, healthCheckPath, scalingTarget, updatedAt: ctx.now },
  };
  const needsTasks =
    healthCheckPath !== express.healthCheckPath ||
    updated.taskDefinitionArn !== taskDefinitionArn ||
    JSON.stringify(updated.networkConfiguration) !== JSON.stringify(current.networkConfiguration);
  if (!needsTasks) {
    tx.services.put(updated);
    return updated;
  }
  const { resources } = express;
  if (resources !== undefined) {
    const { serviceGroupId: groupId, balancerGroupId: referencedGroupId } = resources;
    admit(tx, { groupId, port, referencedGroupId }, ctx);
  }
  checkOtherGroupAt(tx, updated);
  return deploy(tx, updated, definition, ctx) as FoundExpress;
}

/** The network of the tasks: the service's own group stays. Another VPC would be out of the load balancer's reach. */
function networkAfter(
  tx: RoadsteadTx,
  { networkConfiguration: before, express }: FoundExpress,
  { networkConfiguration: input }: ExpressSettings,
  ctx: OperationContext,
): Service['networkConfiguration'] {
  const { resources } = express;
  if (input === undefined || before === undefined || resources === undefined) return before;
  const own = resources.serviceGroupId;
  const subnets = input.subnets?.length ? input.subnets : before.subnets;
  const securityGroups = input.securityGroups ?? before.securityGroups.filter((id) => id !== own);
  const network = networkOf(tx, { subnets: [...subnets], securityGroups: [...securityGroups] }, ctx);
  if (tx.loadBalancers.find(resources.loadBalancerArn)?.vpcId === network.vpcId) return tasksNetwork(network, own);
  throw invalidParameter('The subnets of an Express service must stay in the VPC of its load balancer.');
}

/** Lets the target group be checked at the new path that is to have the new tasks; the tasks before them stay as they are. */
function checkOtherGroupAt(tx: RoadsteadTx, { serviceArn, deployments, express }: FoundExpress): void {
  const proven =
    deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED') ?? primaryDeployment({ deployments });
  const revision = proven === undefined ? undefined : tx.serviceRevisions.find(revisionArnOf(serviceArn, proven));
  const taken = revision?.resolvedLoadBalancers?.[0]?.targetGroupArn;
  for (const arn of express.resources?.targetGroupArns ?? []) {
    const group = arn === taken ? undefined : tx.targetGroups.find(arn);
    if (group === undefined || group.healthCheck.path === express.healthCheckPath) continue;
    tx.targetGroups.put({ ...group, healthCheck: { ...group.healthCheck, path: express.healthCheckPath } });
  }
}

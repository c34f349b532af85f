import { elbArn, newTargetGroupArn, scopeKey, type TargetGroup } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { validationError } from './errors.ts';
import { findTargetGroupByName } from './find.ts';
import { limits } from './limits.ts';
import { access, elbv2 } from './service.ts';
import { checkedTags, sameTags } from './tags.ts';
import { checkedTargetGroup, isAlike, presentTargetGroup } from './target-group.ts';

/** CreateTargetGroup. The same request again gives the same one. */
export const CreateTargetGroup = operation(elbv2, 'CreateTargetGroup', {
  authorize: ({ Name }, { scope }) => access('CreateTargetGroup', elbArn(scope, `targetgroup/${Name}/*`)),
  command: (input) => ({ asked: checkedTargetGroup(input), tags: checkedTags(input.Tags) }),
  apply: (tx, { asked, tags }, ctx) => {
    const vpc = tx.vpcs.find(asked.vpcId);
    if (vpc === undefined || scopeKey(vpc) !== scopeKey(ctx.scope)) {
      throw validationError(`The VPC ID '${asked.vpcId}' is not found`);
    }
    const existing = findTargetGroupByName(tx, ctx.scope, asked.targetGroupName);
    if (existing !== undefined) {
      if (isAlike(existing, asked) && sameTags(existing.tags, tags)) return { view: tx, group: existing };
      throw new ApiError(
        'DuplicateTargetGroupName',
        `A target group with the same name '${asked.targetGroupName}' exists, but with different settings`,
      );
    }
    if (tx.targetGroups.count('scope', scopeKey(ctx.scope)) >= limits.targetGroupsPerRegion) {
      throw new ApiError(
        'TooManyTargetGroups',
        "You've reached the limit on the number of target groups for your account",
      );
    }
    const group: TargetGroup = {
      ...ctx.scope,
      ...asked,
      targetGroupArn: newTargetGroupArn(ctx.scope, asked.targetGroupName, ctx.ids),
      tags,
      createdAt: ctx.now,
    };
    tx.targetGroups.put(group);
    return { view: tx, group };
  },
  output: ({ view, group }) => ({ TargetGroups: [presentTargetGroup(view, group)] }),
});

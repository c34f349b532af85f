import { type DaemonTaskDefinition, daemonTaskDefinitionArn } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { parseDaemonTaskDefinition } from './daemon-task-definition/parse.ts';
import { daemonFamilyResource } from './daemon-task-definition/resolve.ts';
import { clientError } from './errors.ts';
import { ecs } from './service.ts';
import { checkedTags } from './tags/rules.ts';
import { familyKey } from './task-definition/resolve.ts';

/** RegisterDaemonTaskDefinition: always a new revision, one above the last the family ever had. */
export const RegisterDaemonTaskDefinition = operation(ecs, 'RegisterDaemonTaskDefinition', {
  authorize: (input, ctx) => ({
    action: 'ecs:RegisterDaemonTaskDefinition',
    resource: daemonFamilyResource(ctx.scope, input.family),
  }),
  command: (input, ctx) => {
    if (input.tags?.length === 0) throw clientError('Tags can not be empty.');
    return {
      content: parseDaemonTaskDefinition(input, ctx.settings.quotas),
      tags: checkedTags(input.tags, ctx.settings.quotas),
      at: ctx.now,
      registeredBy: ctx.principal.arn,
    };
  },
  apply: (tx, { content, tags, at, registeredBy }, ctx): DaemonTaskDefinition => {
    const { family } = content;
    const lastRevision = tx.daemonTaskDefinitionFamilies.find(familyKey(ctx.scope, family))?.lastRevision ?? 0;
    if (lastRevision >= ctx.settings.quotas.revisionsPerFamily) {
      throw new ApiError('LimitExceededException', 'Too many revisions of the specified family.');
    }
    const revision = lastRevision + 1;
    const definition: DaemonTaskDefinition = {
      ...ctx.scope,
      ...content,
      daemonTaskDefinitionArn: daemonTaskDefinitionArn(ctx.scope, family, revision),
      revision,
      status: 'ACTIVE',
      registeredAt: at,
      registeredBy,
      tags,
    };
    tx.daemonTaskDefinitionFamilies.put({ ...ctx.scope, family, lastRevision: revision });
    tx.daemonTaskDefinitions.put(definition);
    return definition;
  },
  output: ({ daemonTaskDefinitionArn: arn }) => ({ daemonTaskDefinitionArn: arn }),
});

import { operation } from '../operation.ts';
import { serviceRevisionArnFrom } from './references.ts';
import { describedArns } from './service/rules.ts';
import { ecs } from './service.ts';
import { presentServiceRevision } from './service-deployment/present.ts';

/** DescribeServiceRevisions: up to 20; unknown ones are failures. */
export const DescribeServiceRevisions = operation(ecs, 'DescribeServiceRevisions', {
  authorize: (input, ctx) => {
    const [first = ''] = input.serviceRevisionArns;
    const single = input.serviceRevisionArns.length === 1;
    return {
      action: 'ecs:DescribeServiceRevisions',
      resource: single ? serviceRevisionArnFrom(ctx.scope, first) : '*',
    };
  },
  command: (input, ctx) =>
    describedArns('Service revision ARNs', input.serviceRevisionArns).map((arn) =>
      serviceRevisionArnFrom(ctx.scope, arn),
    ),
  read: (view, arns) => arns.map((arn) => ({ arn, revision: view.serviceRevisions.find(arn) })),
  output: (found) => ({
    serviceRevisions: found.flatMap(({ revision }) =>
      revision === undefined ? [] : [presentServiceRevision(revision)],
    ),
    failures: found.flatMap(({ arn, revision }) => (revision === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});

import { operation } from '../operation.ts';
import { presentManagedResources } from './express/present.ts';
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
  read: (view, arns) =>
    arns.map((arn) => {
      const revision = view.serviceRevisions.find(arn);
      return { arn, revision, managed: revision === undefined ? {} : presentManagedResources(view, revision) };
    }),
  output: (found) => ({
    serviceRevisions: found.flatMap(({ revision, managed }) =>
      revision === undefined ? [] : [{ ...presentServiceRevision(revision), ...managed }],
    ),
    failures: found.flatMap(({ arn, revision }) => (revision === undefined ? [{ arn, reason: 'MISSING' }] : [])),
  }),
});

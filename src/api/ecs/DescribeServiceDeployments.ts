import { operation } from '../operation.ts';
import { serviceDeploymentArnFrom } from './references.ts';
import { describedArns } from './service/rules.ts';
import { ecs } from './service.ts';
import { presentServiceDeployment } from './service-deployment/present.ts';

/**
 * DescribeServiceDeployments: up to 20; unknown ones are failures. So are the revisions they came from when those are
 * older than revisions are: services stored by versions that made none.
 */
export const DescribeServiceDeployments = operation(ecs, 'DescribeServiceDeployments', {
  authorize: (input, ctx) => {
    const [first = ''] = input.serviceDeploymentArns;
    const single = input.serviceDeploymentArns.length === 1;
    return {
      action: 'ecs:DescribeServiceDeployments',
      resource: single ? serviceDeploymentArnFrom(ctx.scope, first) : '*',
    };
  },
  command: (input, ctx) =>
    describedArns('Service deployment ARNs', input.serviceDeploymentArns).map((arn) =>
      serviceDeploymentArnFrom(ctx.scope, arn),
    ),
  read: (view, arns) =>
    arns.map((arn) => {
      const record = view.serviceDeployments.find(arn);
      if (record === undefined) return { missing: [arn] };
      const missing = record.sourceServiceRevisionArns.filter((source) => !view.serviceRevisions.has(source));
      return { record, service: view.services.get(record.serviceArn), missing };
    }),
  output: (found, ctx) => ({
    serviceDeployments: found.flatMap(({ record, service }) => {
      if (record === undefined || service === undefined) return [];
      return [presentServiceDeployment(record, service, ctx.totals.services.of(record.serviceArn))];
    }),
    failures: found.flatMap(({ missing }) => missing.map((arn) => ({ arn, reason: 'MISSING' }))),
  }),
});

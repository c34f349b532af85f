import { operation } from '../operation.ts';
import { presentDaemonDeployment } from './daemon/present.ts';
import { daemonPartArns, missing } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemonDeployments: up to 20; those that are not there are failures. */
export const DescribeDaemonDeployments = operation(ecs, 'DescribeDaemonDeployments', {
  authorize: () => ({ action: 'ecs:DescribeDaemonDeployments', resource: '*' }),
  command: (input, ctx) => daemonPartArns(ctx.scope, 'daemon-deployment', input.daemonDeploymentArns),
  read: (view, arns) => ({
    found: arns
      .flatMap((arn) => view.daemonDeployments.find(arn) ?? [])
      .map((one) => presentDaemonDeployment(view, one)),
    failures: missing(arns.filter((arn) => !view.daemonDeployments.has(arn))),
  }),
  output: ({ found, failures }) => ({ daemonDeployments: found, failures }),
});

import { operation } from '../operation.ts';
import { daemonPartArns, missing } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemonDeployments: up to 20, each a failure, since there are no daemons. */
export const DescribeDaemonDeployments = operation(ecs, 'DescribeDaemonDeployments', {
  authorize: () => ({ action: 'ecs:DescribeDaemonDeployments', resource: '*' }),
  command: (input, ctx) => daemonPartArns(ctx.scope, 'daemon-deployment', input.daemonDeploymentArns),
  read: (_, arns) => arns,
  output: (arns) => ({ daemonDeployments: [], failures: missing(arns) }),
});

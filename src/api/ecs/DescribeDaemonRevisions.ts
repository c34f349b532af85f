import { operation } from '../operation.ts';
import { daemonPartArns, missing } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemonRevisions: up to 20, each a failure, since there are no daemons. */
export const DescribeDaemonRevisions = operation(ecs, 'DescribeDaemonRevisions', {
  authorize: () => ({ action: 'ecs:DescribeDaemonRevisions', resource: '*' }),
  command: (input, ctx) => daemonPartArns(ctx.scope, 'daemon-revision', input.daemonRevisionArns),
  read: (_, arns) => arns,
  output: (arns) => ({ daemonRevisions: [], failures: missing(arns) }),
});

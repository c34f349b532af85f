import { operation } from '../operation.ts';
import { presentDaemonRevision } from './daemon/present.ts';
import { daemonPartArns, missing } from './daemon/references.ts';
import { ecs } from './service.ts';

/** DescribeDaemonRevisions: up to 20; those that are not there are failures. */
export const DescribeDaemonRevisions = operation(ecs, 'DescribeDaemonRevisions', {
  authorize: () => ({ action: 'ecs:DescribeDaemonRevisions', resource: '*' }),
  command: (input, ctx) => daemonPartArns(ctx.scope, 'daemon-revision', input.daemonRevisionArns),
  read: (view, arns) => ({
    found: arns.flatMap((arn) => view.daemonRevisions.find(arn) ?? []).map((one) => presentDaemonRevision(view, one)),
    failures: missing(arns.filter((arn) => !view.daemonRevisions.has(arn))),
  }),
  output: ({ found, failures }) => ({ daemonRevisions: found, failures }),
});

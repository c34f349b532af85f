import type { TaskReport } from '#model';
import { operation } from '../operation.ts';
import { applyReport, containerReport, reportedStatus } from './container-instance/report.ts';
import { ecs } from './service.ts';

/**
 * SubmitTaskStateChange, called by agents: how a task and its containers stand. Reports may be repeated and may come
 * late. A report of interfaces or managed agents alone is acknowledged and changes nothing: interfaces are made here,
 * volumes by agents.
 */
export const SubmitTaskStateChange = operation(ecs, 'SubmitTaskStateChange', {
  writer: 'dispatch',
  authorize: () => ({ action: 'ecs:SubmitTaskStateChange', resource: '*' }),
  command: (input, ctx) => {
    const status = reportedStatus(input.status);
    const report: TaskReport = {
      ...(status === undefined ? {} : { status }),
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      containers: (input.containers ?? []).map(containerReport),
      ...(input.attachments === undefined ? {} : { attached: attachedIds(input.attachments) }),
      ...(input.pullStartedAt === undefined ? {} : { pullStartedAt: input.pullStartedAt }),
      ...(input.pullStoppedAt === undefined ? {} : { pullStoppedAt: input.pullStoppedAt }),
      ...(input.executionStoppedAt === undefined ? {} : { executionStoppedAt: input.executionStoppedAt }),
    };
    return { task: input.task, report, at: ctx.now };
  },
  apply: (tx, { task, report, at }, ctx) => applyReport(tx, ctx.scope, task, report, at),
  output: () => ({ acknowledgment: 'ok' }),
});

/** The last part of an attachment's ARN is its id. */
function attachedIds(
  attachments: readonly { readonly attachmentArn?: string | undefined; readonly status?: string | undefined }[],
): readonly string[] {
  return attachments.flatMap(({ attachmentArn, status }) =>
    status === 'ATTACHED' ? [attachmentArn?.split('/').at(-1) ?? ''] : [],
  );
}

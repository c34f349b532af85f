import type { TaskReport } from '#model';
import { operation } from '../operation.ts';
import { applyReport, containerReport } from './container-instance/report.ts';
import { ecs } from './service.ts';

/** SubmitContainerStateChange, called by old agents: how one container of a task stands. */
export const SubmitContainerStateChange = operation(ecs, 'SubmitContainerStateChange', {
  writer: 'dispatch',
  authorize: () => ({ action: 'ecs:SubmitContainerStateChange', resource: '*' }),
  command: (input, ctx) => {
    const report: TaskReport = { containers: [containerReport(input)] };
    return { task: input.task, report, at: ctx.now };
  },
  apply: (tx, { task, report, at }, ctx) => applyReport(tx, ctx.scope, task, report, at),
  output: () => ({ acknowledgment: 'ok' }),
});

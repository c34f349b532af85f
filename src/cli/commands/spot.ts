import { failureFrom } from '../failure.ts';
import type { CommandBody } from '../invocation.ts';
import { connect } from './account.ts';

export interface InterruptOptions {
  readonly cluster?: string;
}

/** `roadstead spot interrupt TASK|INSTANCE`. */
export const interruptSpot: CommandBody<InterruptOptions> = async (invocation, [target = ''], { cluster }) => {
  const controlPlane = await connect(invocation);
  const { taskArn, containerInstanceArn } = await controlPlane
    .roadstead('InterruptSpot', { target, ...(cluster === undefined ? {} : { cluster }) })
    .catch((error: unknown) => {
      throw failureFrom(`cannot interrupt ${target}`, error);
    });
  const arn = taskArn ?? containerInstanceArn ?? '';
  return {
    report: {
      data: taskArn === undefined ? { containerInstanceArn: arn } : { taskArn: arn },
      lines: (style) => [
        taskArn === undefined
          ? `Container instance ${style.strong(arn)} is set DRAINING.`
          : `Task ${style.strong(arn)} is interrupted: SIGTERM now, SIGKILL after its stop timeout.`,
      ],
      names: [arn],
    },
  };
};

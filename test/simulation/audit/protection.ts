import type { Task } from '#model';
import { Violation } from '../world/violation.ts';
import type { Check, CommitContext } from './check.ts';
import type { RecordChange } from './replica.ts';
import { failsChecks } from './targets.ts';

/** A protected task is stopped neither by scale-in nor by a deployment: only failed health checks and its service's end do. */
export class Protection implements Check {
  check({ table, key, before, after }: RecordChange, { replica, transaction }: CommitContext): void {
    if (table !== 'tasks' || transaction.writer !== 'service') return;
    const [was, is] = [before as Task | undefined, after as Task | undefined];
    if (was?.desiredStatus !== 'RUNNING' || is?.desiredStatus !== 'STOPPED') return;
    const { protectedUntil } = was;
    if (protectedUntil === undefined || is.stoppingAt === undefined || protectedUntil <= is.stoppingAt) return;
    if (was.healthStatus === 'UNHEALTHY' || failsChecks(was, replica)) return;
    if (replica.table('services').get(was.serviceArn ?? '')?.status !== 'ACTIVE') return;
    const message = `${key} is stopped (${is.stoppedReason}) at ${is.stoppingAt} and is protected until ${protectedUntil}`;
    throw new Violation('a protected task is let be', message, [key, was.serviceArn ?? '']);
  }
}

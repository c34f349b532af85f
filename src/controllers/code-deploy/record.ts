import type { Instant } from '#base';
import type { CodeDeployDeployment, CodeDeployLifecycleEvent, CodeDeployPhase } from '#model';

/** The record at another phase. */
export function atPhase(deployment: CodeDeployDeployment, phase: CodeDeployPhase, now: Instant): CodeDeployDeployment {
  const { shiftedAt: _, ...rest } = deployment;
  return { ...rest, phase, phaseAt: now, updatedAt: now };
}

/** With these lifecycle events begun. */
export function begun(deployment: CodeDeployDeployment, name: string, now: Instant): CodeDeployDeployment {
  return withEvents(deployment, (event) =>
    event.name === name && event.status === 'Pending' ? { ...event, status: 'InProgress', startedAt: now } : event,
  );
}

/** With these lifecycle events over; those that had not begun took no time. */
export function done(deployment: CodeDeployDeployment, names: readonly string[], now: Instant): CodeDeployDeployment {
  return withEvents(deployment, (event) =>
    names.includes(event.name) && event.status !== 'Succeeded'
      ? { ...event, status: 'Succeeded', startedAt: event.startedAt ?? now, endedAt: now }
      : event,
  );
}

/** With what was under way failed, or skipped, and nothing to come. */
export function closed(
  deployment: CodeDeployDeployment,
  under: 'Failed' | 'Skipped',
  message: string,
  now: Instant,
): CodeDeployDeployment {
  return withEvents(deployment, (event) => {
    if (event.status === 'InProgress') return { ...event, status: under, endedAt: now, message };
    return event.status === 'Pending' ? { ...event, status: 'Skipped' } : event;
  });
}

function withEvents(
  deployment: CodeDeployDeployment,
  change: (event: CodeDeployLifecycleEvent) => CodeDeployLifecycleEvent,
): CodeDeployDeployment {
  return { ...deployment, events: deployment.events.map(change) };
}

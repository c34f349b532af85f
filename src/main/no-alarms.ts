import type { AlarmStates } from '#controllers';

/** CloudWatch is not part of Roadstead yet: whatever an alarm is called, there is none. */
export const noAlarms: AlarmStates = { find: () => undefined };

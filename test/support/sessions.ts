import { type Clock, type Ids, silentLogger } from '#base';
import { type AuditTrail, type SessionCall, Sessions } from '#sessions';

/** Sessions whose agents are always connected, and do nothing unless said. */
export function testSessions(
  deps: { readonly clock: Clock; readonly ids: Ids },
  callAgent: (call: SessionCall) => boolean = () => true,
  audit: AuditTrail = { record: () => Promise.resolve() },
) {
  return new Sessions({
    keep: () => Promise.resolve(),
    ...deps,
    audit,
    logger: silentLogger,
    callAgent,
  });
}

/** For what opens none. */
export const noSessions: Pick<Sessions, 'open'> = {
  open: () => {
    throw new Error('a session was opened');
  },
};

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

function opened(): never {
  throw new Error('a session was opened');
}

/** For what opens none. */
export const noSessions: Pick<Sessions, 'open' | 'requestOf' | 'resume' | 'terminate'> = {
  open: opened,
  requestOf: opened,
  resume: opened,
  terminate: opened,
};

import { type Clock, type Ids, silentLogger } from '#base';
import { type SessionCall, Sessions } from '#sessions';
import { sha256 } from '../../src/main/sha256.ts';

/** Sessions whose agents are always connected, and do nothing unless said. */
export function testSessions(
  deps: { readonly clock: Clock; readonly ids: Ids },
  callAgent: (call: SessionCall) => boolean = () => true,
) {
  return new Sessions({ ...deps, logger: silentLogger, digest: sha256, isSame: (a, b) => a === b, callAgent });
}

/** For what opens none. */
export const noSessions: Pick<Sessions, 'open'> = {
  open: () => {
    throw new Error('a session was opened');
  },
};

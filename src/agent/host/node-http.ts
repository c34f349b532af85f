import type { ClientRequest, IncomingMessage } from 'node:http';
import type * as Https from 'node:https';

/**
 * Node's HTTP modules, taken without `import`: an import reads every export, and with that loads the fetch and
 * WebSocket implementations (some 10 MB) that an idle agent never needs.
 */
export const http = process.getBuiltinModule('node:http');

/** TLS is loaded only where an endpoint needs it. */
export function loadHttps(): typeof Https {
  return process.getBuiltinModule('node:https');
}

/**
 * Ends a call with the signal's reason. Not one whose answer is whole: Node.js, given the signal itself, destroys a
 * connection that went back to the pool, at a moment when nobody listens to its errors.
 */
export function destroyOnAbort(outgoing: ClientRequest, signal: AbortSignal): void {
  let answer: IncomingMessage | undefined;
  const abort = (): void => {
    if (answer?.complete !== true) outgoing.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  };
  outgoing.once('response', (response) => {
    answer = response;
  });
  signal.addEventListener('abort', abort, { once: true });
  outgoing.once('close', () => signal.removeEventListener('abort', abort));
  if (signal.aborted) abort();
}

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

/**
 * Node's HTTP module, taken without `import`: an import reads every export, and with that loads the fetch and WebSocket
 * implementations (13 MiB) that a server never needs.
 */
export const http = process.getBuiltinModule('node:http');

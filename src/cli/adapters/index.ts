export { processConsole } from './console.ts';
export { diskFiles } from './files.ts';
export { dockerEngine, networkHttp } from './http.ts';
export { socketLocks } from './locks.ts';
export { serverNames } from './names.ts';
export { systemProcesses } from './processes.ts';
export { processTerminal } from './terminal.ts';

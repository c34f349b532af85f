export { processConsole } from './console.ts';
export { diskFiles } from './files.ts';
export { dockerEngine, networkHttp } from './http.ts';
export { socketLocks } from './locks.ts';
export { systemProcesses } from './processes.ts';
export { processTerminal } from './terminal.ts';

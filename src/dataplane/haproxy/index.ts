export { HaproxyEvents, makeEventPipe } from './events.ts';
export { HaproxyFiles } from './files.ts';
export { haproxyProblems, problemsOf } from './probe.ts';
export { HaproxyProcess } from './process.ts';
export { formatText, regexText, word } from './quote.ts';
export { ask, askAll } from './runtime-socket.ts';
export {
  type RenderedBackend,
  type RenderedServer,
  type RunningServers,
  readServers,
  serverChanges,
  serverLine,
} from './servers.ts';
export { findUser } from './user.ts';

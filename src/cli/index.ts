export { type ExitCode, exitCodes } from './exit-codes.ts';
export { Failure, Interrupted } from './failure.ts';
export {
  type AccountKeys,
  directoryMode,
  findProcess,
  type InstallationCredentials,
  type InstallationPaths,
  installationPaths,
  readCredentials,
  readPid,
  readServerState,
  type ServerState,
  secretFileMode,
  writeCredentials,
  writePid,
  writeServerState,
} from './installation.ts';
export type {
  AgentRequest,
  CleanHostRequest,
  CleanHostResult,
  CommandLineDeps,
  Files,
  LogLevel,
  Machine,
  Processes,
  Runners,
  ServerConfig,
} from './ports.ts';
export { runCommandLine } from './program.ts';

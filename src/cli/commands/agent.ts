import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { directoryMode, readPid, writePid } from '../installation.ts';
import { type CommandBody, done } from '../invocation.ts';
import type { AgentRequest, LogLevel } from '../ports.ts';

export interface AgentOptions {
  readonly cluster?: string;
  readonly pool?: 'fargate';
  readonly endpoint?: string;
  readonly region?: string;
  readonly logLevel: LogLevel;
}

/** `roadstead agent`: until SIGTERM or SIGINT; containers keep running. One agent at a time per data directory. */
export const agent: CommandBody<AgentOptions> = async ({ deps, common }, _args, options) => {
  const { paths } = common;
  if (options.pool !== undefined && options.cluster !== undefined) {
    throw new Failure('--pool and --cluster exclude each other', {
      exitCode: exitCodes.usage,
      why: 'a host of the Fargate pool belongs to no cluster',
    });
  }
  await deps.files.makeDirectory(paths.dataDir, directoryMode);
  const lock = await deps.locks.acquire(`agent ${paths.dataDir}`);
  if (lock === undefined) {
    throw new Failure('another agent is using this data directory', {
      exitCode: exitCodes.inUse,
      why: `${paths.dataDir} is in use by process ${(await readPid(deps.files, paths.agentPid)) ?? 'unknown'}`,
      next: 'stop it first, or choose another directory with --data-dir',
    });
  }
  try {
    await writePid(deps.files, paths.agentPid, deps.processes.pid);
    await deps.runners.agent(agentRequest(paths.dataDir, options), deps.signal);
  } catch (error) {
    if (!deps.signal.aborted) throw error;
  } finally {
    await deps.files.remove(paths.agentPid);
    await lock[Symbol.asyncDispose]();
  }
  return done;
};

function agentRequest(dataDir: string, { cluster, pool, endpoint, region, logLevel }: AgentOptions): AgentRequest {
  return {
    dataDir,
    logLevel,
    ...(cluster === undefined ? {} : { cluster }),
    ...(pool === undefined ? {} : { pool }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  };
}

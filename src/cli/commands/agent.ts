import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { type CommandBody, done } from '../invocation.ts';
import type { AgentRequest, LogLevel } from '../ports.ts';
import { runAgentInForeground } from '../serving.ts';

export interface AgentOptions {
  readonly cluster?: string;
  readonly pool?: 'fargate';
  readonly endpoint?: string;
  readonly region?: string;
  readonly underlayAddress?: string;
  readonly logLevel: LogLevel;
}

/** `roadstead agent`: until SIGTERM or SIGINT; containers keep running. */
export const agent: CommandBody<AgentOptions> = async ({ deps, common }, _args, options) => {
  if (options.pool !== undefined && options.cluster !== undefined) {
    throw new Failure('--pool and --cluster exclude each other', {
      exitCode: exitCodes.usage,
      why: 'a host of the Fargate pool belongs to no cluster',
    });
  }
  await runAgentInForeground(agentRequest(common.paths.dataDir, options), deps);
  return done;
};

function agentRequest(
  dataDir: string,
  { cluster, pool, endpoint, region, underlayAddress, logLevel }: AgentOptions,
): AgentRequest {
  return {
    dataDir,
    logLevel,
    ...(cluster === undefined ? {} : { cluster }),
    ...(pool === undefined ? {} : { pool }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(underlayAddress === undefined ? {} : { underlayAddress }),
  };
}

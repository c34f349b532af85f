import { readEngineFacts } from '../engine/engine-facts.ts';
import { readHealth } from '../health.ts';
import { readServerState } from '../installation.ts';
import type { CommandBody } from '../invocation.ts';

/** `roadstead version`: says what it can; an engine or a server that is not there is `null`. */
export const version: CommandBody = async ({ deps, common }) => {
  const state = await readServerState(deps.files, common.paths);
  const [engine, health] = await Promise.all([
    readEngineFacts(deps.engine).catch(() => undefined),
    state === undefined ? undefined : readHealth(deps.http, state.url, deps.signal),
  ]);
  const { machine } = deps;
  const data = {
    roadstead: machine.version,
    node: machine.nodeVersion,
    platform: `${machine.platform}-${machine.architecture}`,
    server: health === undefined ? null : { version: health.version, url: state?.url },
    engine: engine === undefined ? null : { version: engine.version, apiVersion: engine.apiVersion },
  };
  return {
    report: {
      data,
      lines: (style) => [
        `roadstead  ${style.strong(data.roadstead)}`,
        `node       ${data.node}  ${data.platform}`,
        `server     ${health === undefined ? 'not running' : `${health.version} at ${state?.url ?? ''}`}`,
        `engine     ${engine === undefined ? 'none answers' : `Docker ${engine.version}, API ${engine.apiVersion}`}`,
      ],
      names: [data.roadstead],
    },
  };
};

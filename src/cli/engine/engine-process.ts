import { readContainerInstanceArn, readPid } from '../installation.ts';
import type { Invocation } from '../invocation.ts';
import { waitFor } from '../waiting.ts';
import { isOfAgent, listContainers } from './containers.ts';

const stopTimeoutMs = 30_000;

/** The engine that this installation started, while it lives. */
export async function ownEnginePid({ deps, common }: Invocation): Promise<number | undefined> {
  const pid = await readPid(deps.files, common.paths.enginePid);
  if (pid === undefined) return undefined;
  const commandLine = await deps.processes.commandLine(pid);
  return commandLine?.[0]?.endsWith('dockerd') === true ? pid : undefined;
}

/**
 * Stops the engine if this installation started it and nobody else uses it: with a container on it that is not
 * this installation's, it stays. True when it was stopped.
 */
export async function stopOwnEngine(invocation: Invocation): Promise<boolean> {
  const { deps, common, steps } = invocation;
  const pid = await ownEnginePid(invocation);
  if (pid === undefined) {
    await deps.files.remove(common.paths.enginePid);
    return false;
  }
  const own = await readContainerInstanceArn(deps.files, common.paths);
  const foreign = (await listContainers(deps.engine)).filter((container) => !isOfAgent(container, own)).length;
  if (foreign > 0) {
    steps.note(
      `  the Docker Engine stays up: ${foreign} other ${foreign === 1 ? 'container uses' : 'containers use'} it`,
    );
    return false;
  }
  return steps.run('docker', async (say) => {
    deps.processes.signal(pid, 'SIGTERM');
    const wait = { timeoutMs: stopTimeoutMs, intervalMs: 100, signal: deps.signal };
    const gone = await waitFor(deps.clock, wait, () => Promise.resolve(deps.processes.isAlive(pid) ? undefined : true));
    if (gone === undefined) {
      say(`process ${pid} is still ending`);
      return false;
    }
    await deps.files.remove(common.paths.enginePid);
    say('the engine that Roadstead had started is stopped');
    return true;
  });
}

import { findProcess, type Role } from './installation.ts';
import type { Invocation } from './invocation.ts';
import { waitFor } from './waiting.ts';

/** What became of one of the installation's processes. */
export interface StoppedProcess {
  readonly process: Role;
  readonly pid: number;
  /** It did not end by itself within the time it was given. */
  readonly forced: boolean;
}

const graceMs = 10_000;
const killedMs = 5_000;
const intervalMs = 50;

/** Stops the server, then the agent (the server would start it again); those that do not run are left out. */
export async function stopProcesses(invocation: Invocation): Promise<StoppedProcess[]> {
  const { deps, common, steps } = invocation;
  const stopped: StoppedProcess[] = [];
  for (const role of ['server', 'agent'] as const) {
    const pid = await findProcess(deps, common.paths, role);
    if (pid === undefined) continue;
    stopped.push(
      await steps.run(role === 'server' ? 'control plane' : 'node agent', async (say) => {
        const forced = await stopProcess(invocation, pid, role);
        say(forced ? `did not end within ${graceMs / 1000} s and was killed (process ${pid})` : 'stopped');
        return { process: role, pid, forced };
      }),
    );
  }
  const { files } = deps;
  const { serverPid, serverState, agentPid } = common.paths;
  for (const path of [serverPid, serverState, agentPid]) await files.remove(path);
  return stopped;
}

/** SIGTERM, and SIGKILL when that was not enough; true in the second case. */
async function stopProcess({ deps, common }: Invocation, pid: number, role: Role): Promise<boolean> {
  const { processes, clock, signal } = deps;
  const gone = (): Promise<true | undefined> => Promise.resolve(processes.isAlive(pid) ? undefined : true);
  processes.signal(pid, 'SIGTERM');
  if ((await waitFor(clock, { timeoutMs: graceMs, intervalMs, signal }, gone)) === true) return false;
  // The number may have passed to another program meanwhile: look again before the last resort.
  if ((await findProcess(deps, common.paths, role)) !== pid) return false;
  processes.signal(pid, 'SIGKILL');
  await waitFor(clock, { timeoutMs: killedMs, intervalMs, signal }, gone);
  return true;
}

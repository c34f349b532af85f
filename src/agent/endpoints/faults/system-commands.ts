import { messageOf } from '#base';
import { runCommand as execute } from '../../host/run-command.ts';
import type { FaultCommands } from './commands.ts';

/** iptables, tc and nsenter of this machine. */
export const systemFaultCommands: FaultCommands = {
  run: (pid, program, args, signal) =>
    pid === undefined
      ? execute(program, args, signal)
      : execute('nsenter', [`--net=/proc/${pid}/ns/net`, program, ...args], signal),
  async probe() {
    const problems: string[] = [];
    const attempt = async (what: string, program: string, args: readonly string[]): Promise<void> => {
      try {
        const { code, complaint } = await execute(program, args, AbortSignal.timeout(5000));
        if (code !== 0) problems.push(`${what}: ${complaint.trim()}`);
      } catch (error) {
        problems.push(`${what}: ${messageOf(error)}`);
      }
    };
    await attempt('packet filter rules cannot be read', 'iptables', ['-w', '5', '-S', 'INPUT']);
    await attempt('namespaces cannot be entered', 'nsenter', ['--net=/proc/self/ns/net', 'true']);
    // In a namespace of its own, that nothing of the host's is touched.
    const netem = ['--net', 'tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', '1ms'];
    await attempt('the kernel cannot delay packets (sch_netem)', 'unshare', netem);
    return { available: problems.length === 0, problems };
  },
};

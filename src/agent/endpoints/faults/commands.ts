import type { CommandEnd } from '../../host/run-command.ts';

/** Programs in a network namespace, as a port. */
export interface FaultCommands {
  /**
   * Runs a program in the namespace of process `pid`, or in the host's without one. Resolves with its end, whatever it
   * was; rejects with the signal's reason when aborted.
   */
  run(
    pid: number | undefined,
    program: 'iptables' | 'ip6tables' | 'tc' | 'ip',
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<CommandEnd>;
  /** Whether this host can do it, and if not, what is missing. */
  probe(): Promise<{ readonly available: boolean; readonly problems: readonly string[] }>;
}

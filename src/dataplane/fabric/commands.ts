/**
 * The kernel's network configuration as a port. Lines are those of `ip -batch`: all of a call are applied in order, and
 * the first that fails ends it. Every call throws Fault `Network` with what the tool said.
 */
export interface NetworkCommands {
  /** In the host's namespace. */
  ip(lines: readonly string[]): Promise<void>;
  /** Lines of `bridge -batch`, in the host's namespace. */
  bridge(lines: readonly string[]): Promise<void>;
  /** In the namespace of a process. */
  ipIn(pid: number, lines: readonly string[]): Promise<void>;
  /** The parsed answer of `ip -j …`. */
  ipJson(args: readonly string[]): Promise<readonly unknown[]>;
  /** The hardware address of a device in the namespace of a process; `undefined` when there is no such device. */
  macOf(pid: number, device: string): Promise<string | undefined>;
  /** All IPv4 rules in the form of `iptables-save`. */
  saveRules(): Promise<string>;
  /** Applies rules without touching others, in the form of `iptables-restore --noflush`. */
  restoreRules(text: string): Promise<void>;
  /** Sets a value under /proc/sys, named with slashes: `net/ipv4/ip_forward`. */
  sysctl(name: string, value: string): Promise<void>;
  /** Creates and removes a device to see whether that is allowed, and looks for the tools. The problems found. */
  probe(): Promise<readonly string[]>;
}

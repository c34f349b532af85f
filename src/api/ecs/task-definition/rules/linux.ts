import { eachContainer, firstOf, nameOf, type Rule } from './rule.ts';

/** KernelCapabilities: the names without `CAP_`. */
const capabilities: ReadonlySet<string> = new Set(
  (
    'ALL AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE ' +
    'DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD ' +
    'NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT ' +
    'SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG ' +
    'WAKE_ALARM'
  ).split(' '),
);

/** KernelCapabilities, add and drop. Text as for an unknown container. */
export const capabilitiesAreKnown: Rule = eachContainer((container) => {
  const { add = [], drop = [] } = container.linuxParameters?.capabilities ?? {};
  return firstOf([...add, ...drop], (name) =>
    capabilities.has(name) ? undefined : `Invalid 'capabilities' setting. Unknown capability: '${name}'.`,
  );
});

/** Tmpfs, mountOptions. */
const tmpfsOptions: ReadonlySet<string> = new Set(
  (
    'defaults ro rw suid nosuid dev nodev exec noexec sync async dirsync remount mand nomand atime noatime diratime ' +
    'nodiratime bind rbind unbindable runbindable private rprivate shared rshared slave rslave relatime norelatime ' +
    'strictatime nostrictatime mode uid gid nr_inodes nr_blocks mpol'
  ).split(' '),
);

/** Tmpfs: an absolute path, at least 1 MiB, and mount options from the list (with a value where they take one). */
export const tmpfsIsValid: Rule = eachContainer((container) =>
  firstOf(container.linuxParameters?.tmpfs, ({ containerPath = '', size = 0, mountOptions = [] }) => {
    const options = mountOptions.every((option) => tmpfsOptions.has(option.split('=', 1)[0] ?? ''));
    return containerPath.startsWith('/') && size >= 1 && options
      ? undefined
      : `Invalid 'tmpfs' setting for container '${nameOf(container)}'.`;
  }),
);

const linuxBounds = [
  ['maxSwap', 0, Number.MAX_SAFE_INTEGER],
  ['swappiness', 0, 100],
  ['sharedMemorySize', 0, Number.MAX_SAFE_INTEGER],
] as const;

/** LinuxParameters: maxSwap and sharedMemorySize in MiB, never negative; swappiness 0 to 100. */
export const linuxParametersAreInBounds: Rule = eachContainer((container) => {
  for (const [member, min, max] of linuxBounds) {
    const value = container.linuxParameters?.[member];
    if (value !== undefined && (value < min || value > max)) {
      return `Invalid '${member}' setting for container '${nameOf(container)}'.`;
    }
  }
  return undefined;
});

const windowsForbids = [
  'user',
  'privileged',
  'readonlyRootFilesystem',
  'links',
  'linuxParameters',
  'ulimits',
  'dnsServers',
  'dnsSearchDomains',
  'extraHosts',
  'disableNetworking',
] as const;

/** "Task definition differences for Windows": what a Windows container cannot have. */
export const windowsContainersAreWindows: Rule = eachContainer((container, { windows }) => {
  if (!windows) return undefined;
  const member = windowsForbids.find((name) => isSet(container[name]));
  if (member !== undefined) return `Windows containers do not support ${member}`;
  return isSet(container.systemControls) ? 'Windows containers do not support systemControls' : undefined;
});

/** "Task definition differences for Windows": no shared process or IPC namespaces. */
export const windowsHasOwnNamespaces: Rule = ({ content, windows }) => {
  if (!windows) return undefined;
  if (content.pidMode !== undefined) return 'Windows containers do not support pidMode';
  return content.ipcMode === undefined ? undefined : 'Windows containers do not support ipcMode';
};

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== false && value !== '';
}

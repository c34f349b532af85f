import { exitCodes } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';

const environment = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
/** Lines of a failed command that its failure repeats. */
const linesShown = 6;

/** A need that Debian packages can meet. */
export interface PackageNeed {
  /** What is missing, as its user knows it: `Docker Engine`. */
  readonly what: string;
  readonly packages: readonly string[];
}

/**
 * Installs Debian packages, announced beforehand. Refused, saying what is missing, when ROADSTEAD_NO_INSTALL is set,
 * for a user other than root, and where there is no apt-get.
 */
export async function installPackages(invocation: Invocation, need: PackageNeed): Promise<void> {
  const names = need.packages.join(' ');
  await requireAptRights(invocation, need, `apt-get install ${names}`);
  invocation.steps.note(`  installing ${need.what} from Debian's packages: ${names}`);
  await invocation.steps.run('packages', async (say) => {
    say(names);
    await refreshLists(invocation);
    await apt(invocation, ['install', '-y', '--no-install-recommends', ...need.packages], need);
  });
}

/**
 * Fetches a package and unpacks it into a folder of its own, nothing being installed; gives that folder. The same
 * refusals as {@link installPackages}.
 */
export async function unpackPackage(invocation: Invocation, name: string, folder: string): Promise<string> {
  const need = { what: name, packages: [name] };
  await requireAptRights(invocation, need, `apt-get install ${name}`);
  await invocation.deps.files.remove(folder);
  await invocation.deps.files.makeDirectory(folder, 0o755);
  await refreshLists(invocation);
  await apt(invocation, ['download', name], need, folder);
  const unpack = `dpkg-deb -x ${name}_*.deb root`;
  const result = await invocation.deps.processes.run('sh', ['-c', unpack], { cwd: folder });
  if (result.code !== 0) throw new Failure(`cannot unpack the package ${name}`, { why: result.stderr.trim() });
  return `${folder}/root`;
}

async function requireAptRights({ deps }: Invocation, need: PackageNeed, command: string): Promise<void> {
  const missing = `${need.what} is missing (${need.packages.join(', ')})`;
  if (isOn(deps.env['ROADSTEAD_NO_INSTALL'])) {
    throw new Failure(missing, {
      why: 'ROADSTEAD_NO_INSTALL is set, so nothing is installed',
      next: `${command}   or unset ROADSTEAD_NO_INSTALL`,
    });
  }
  if ((await deps.processes.which('apt-get')) === undefined) {
    throw new Failure(missing, {
      why: 'this machine has no apt-get, and Roadstead installs from Debian packages only',
      next: `install ${need.what} the way this system does, then run the command again`,
    });
  }
  if (deps.machine.userId !== 0) {
    throw new Failure(missing, {
      exitCode: exitCodes.denied,
      why: 'only root can install packages',
      next: `sudo ${command}   or run the command with sudo`,
    });
  }
}

/** A fresh machine has no package lists. A failure is left to the installation to tell: the lists there may do. */
async function refreshLists({ deps }: Invocation): Promise<void> {
  await deps.processes.run('apt-get', ['update', '-q'], { env: environment, signal: deps.signal });
}

async function apt({ deps }: Invocation, args: readonly string[], need: PackageNeed, cwd?: string): Promise<void> {
  const result = await deps.processes.run('apt-get', ['-q', ...args], {
    env: environment,
    signal: deps.signal,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.code === 0) return;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-linesShown);
  throw new Failure(`cannot install ${need.what}`, {
    why: said.join('\n'),
    next: `apt-get update && apt-get install ${need.packages.join(' ')}, then run the command again`,
  });
}

/** Whether an environment variable says yes. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}

import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { Fault, messageOf } from '#base';
import type { LogRouters, RouterFiles, RouterPaths } from './log-routers.ts';
import type { Availability } from './network.ts';

/** Bytes of a socket's path on Linux, without the zero at its end. Source: unix(7). */
const maxSocketPathBytes = 107;

/** `<data directory>/firelens/<task id>/{config,socket}`. Other users of the host cannot look into it. */
export function createLogRouters({ directory }: { readonly directory: string }): LogRouters {
  return new FilesOfRouters(`${directory}/firelens`);
}

class FilesOfRouters implements LogRouters {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async probe(): Promise<Availability> {
    const path = this.pathsOf('0'.repeat(32)).socket;
    const sizeBytes = Buffer.byteLength(path);
    if (sizeBytes > maxSocketPathBytes) {
      const problem = `a router's socket ${path} has ${sizeBytes} bytes of path and may have ${maxSocketPathBytes}: choose a shorter data directory`;
      return { available: false, problems: [problem] };
    }
    try {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      return { available: true, problems: [] };
    } catch (error) {
      return { available: false, problems: [`no folder for log routers: ${messageOf(error)}`] };
    }
  }

  async write(taskId: string, { configuration, external, user = '' }: RouterFiles): Promise<void> {
    const paths = this.pathsOf(taskId);
    const owner = ownerOf(user);
    await mkdir(`${this.#root}/${taskId}/config`, { recursive: true });
    await mkdir(paths.sockets, { recursive: true });
    await chmod(paths.sockets, 0o755);
    if (owner !== undefined) await chown(paths.sockets, owner.uid, owner.gid);
    if (external !== undefined) await writeReadable(paths.external, external);
    await writeReadable(paths.configuration, configuration);
  }

  pathsOf(taskId: string): RouterPaths {
    const folder = `${this.#root}/${taskId}`;
    return {
      configuration: `${folder}/config/fluent.conf`,
      external: `${folder}/config/external.conf`,
      sockets: `${folder}/socket`,
      socket: `${folder}/socket/fluent.sock`,
    };
  }

  async remove(taskId: string): Promise<void> {
    await rm(`${this.#root}/${taskId}`, { recursive: true, force: true });
  }

  async keepOnly(isKept: (taskId: string) => boolean): Promise<void> {
    const names = await readdir(this.#root).catch(() => []);
    for (const name of names) if (!isKept(name)) await this.remove(name);
  }
}

/** The router may be any user, whatever the agent's own files are open to. */
async function writeReadable(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o644);
}

/** A group by name is the container's own to know: the agent's is taken instead. Source: ECS's agent. */
function ownerOf(user: string): { readonly uid: number; readonly gid: number } | undefined {
  if (user === '') return undefined;
  const [name = '', group = ''] = user.split(':');
  if (!/^\d+$/.test(name)) {
    throw new Fault(
      'Firelens',
      `Unable to initialize resource directory: unable to set socket directory ownership: unable to determine the user ID: '${name}' is not a number`,
    );
  }
  return { uid: Number(name), gid: /^\d+$/.test(group) ? Number(group) : (process.getgid?.() ?? 0) };
}

import { existsSync, realpathSync } from 'node:fs';

const root = realpathSync(new URL('../..', import.meta.url).pathname).replace(/\/$/, '');

/** This machine's Node.js, to be run in a container that has {@link hostPrograms}. */
export const hostNode = realpathSync(process.execPath);

/** A file of this project, as it is named in such a container. */
export function projectFile(path: string): string {
  return `${root}/${path}`;
}

/** Programs of this machine, Node.js and this project in a container: host folders, read-only, at their own places. */
export function hostPrograms(...programs: readonly string[]): {
  readonly volumes: readonly object[];
  readonly mountPoints: readonly object[];
} {
  const folders = ['/lib', '/lib64', '/usr/lib', root, realpathSync(`${root}/node_modules`)].filter(existsSync);
  const paths = [...new Set([...folders, hostNode, ...programs])];
  return {
    volumes: paths.map((sourcePath, index) => ({ name: `host-${index}`, host: { sourcePath } })),
    mountPoints: paths.map((containerPath, index) => ({
      sourceVolume: `host-${index}`,
      containerPath,
      readOnly: true,
    })),
  };
}

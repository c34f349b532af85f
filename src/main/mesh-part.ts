import type { HostPart, TaskProxies } from '#agent';
import type { Clock, Logger } from '#base';
import { Mesh, meshKinds, meshProblems } from '#dataplane/mesh';

export interface MeshPartOptions {
  /** The agent's data directory. */
  readonly dataDir: string;
}

export interface MeshPartDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Service Connect as a part of the agent, and the proxies of its tasks. */
export function meshPart(
  { dataDir }: MeshPartOptions,
  deps: MeshPartDeps,
): { readonly part: HostPart; readonly proxies: TaskProxies } {
  const mesh = new Mesh({ directory: placeOf(dataDir) }, deps);
  const part: HostPart = {
    family: 'mesh',
    kinds: meshKinds,
    async probe() {
      const problems = await meshProblems();
      return { available: problems.length === 0, problems };
    },
    attributes: () => Promise.resolve([{ name: 'ecs.capability.service-connect-v1' }]),
    start: () => ({
      apply: (documents) =>
        mesh.update({
          proxies: documents.all('mesh-proxy'),
          endpoints: documents.all('mesh-endpoint'),
          certificates: documents.all('certificate'),
        }),
      [Symbol.asyncDispose]: () => mesh.close(),
    }),
  };
  return { part, proxies: mesh };
}

/** Leaves no files of the data directory's agent, whose containers must be gone. */
export async function cleanMesh({ dataDir }: MeshPartOptions, deps: MeshPartDeps): Promise<void> {
  await new Mesh({ directory: placeOf(dataDir) }, deps).keepOnly(() => false);
}

function placeOf(dataDir: string): string {
  return `${dataDir}/mesh`;
}

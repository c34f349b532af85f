import type { DockerVersion } from './docker-shapes.ts';
import type { ContainerBody, StatsSample } from './port.ts';

/**
 * What podman's Docker-compatible socket says otherwise than Docker Engine. Recorded from podman 4.3.1:
 * `test/support/engines/`.
 */

export function isPodman(version: Pick<DockerVersion, 'Components'>): boolean {
  return version.Components?.some(({ Name }) => Name === 'Podman Engine') === true;
}

/**
 * Who joins a container's network has its host name in Docker. podman shares no more than is asked for, and is asked for
 * the name's namespace here; Docker Engine refuses that.
 */
export function namespacesFor(body: ContainerBody): ContainerBody {
  const network = body.HostConfig['NetworkMode'];
  if (typeof network !== 'string' || !network.startsWith('container:')) return body;
  return { ...body, HostConfig: { ...body.HostConfig, UTSMode: network } };
}

/** Conflicts come as 500, with the cause as a member of its own. */
const conflicts: ReadonlySet<string> = new Set(['that name is already in use', 'container state improper']);

/** Whether a refusal with status 500 means what Docker Engine says with 409. */
export function isPodmanConflict(body: Readonly<Record<string, unknown>>): boolean {
  return typeof body['cause'] === 'string' && conflicts.has(body['cause']);
}

/** Go's name of an architecture, or the kernel's, as Docker Engine has it: `x86_64`, `arm64`. */
export function architectureOf(name: string): string {
  if (name === 'aarch64') return 'arm64';
  return name === 'amd64' ? 'x86_64' : name;
}

/** podman writes json-file's format under a name of its own, and takes Docker's name for it. */
export function logDriversOf(names: readonly string[]): readonly string[] {
  return names.includes('k8s-file') && !names.includes('json-file') ? [...names, 'json-file'] : names;
}

/** Its samples have `Id` where Docker Engine's have `id`. */
export function sampleOf(sample: StatsSample): StatsSample {
  if ('id' in sample || !('Id' in sample)) return sample;
  const { Id, ...rest } = sample;
  return { ...rest, id: Id };
}

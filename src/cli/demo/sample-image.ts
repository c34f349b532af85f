import { imageLabels, importImage, removeImage, removeNamelessImages } from '../engine/images.ts';
import { unpackPackage } from '../engine/packages.ts';
import { Failure } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Say } from '../output/steps.ts';
import type { Engine } from '../ports.ts';
import { isStaticProgram } from './elf.ts';
import { type TarEntry, tarArchive } from './tar.ts';

/** A registry on this machine that does not exist: nobody can be asked for this image by mistake. */
const repository = 'localhost/roadstead/hello';
const tag = '1';
export const sampleImage = `${repository}:${tag}`;
export const samplePort = 8080;

/** Raised when the image's content changes, so that an older one is built again. */
const imageVersion = '2';
const versionLabel = 'roadstead.sample';

/**
 * The page names the task's own host name and the version that its task definition gives it. The shell stays in front so that SIGTERM ends the task at once: a web
 * server as first process would not hear it.
 */
const startScript = `#!/bin/sh
mkdir -p /www
echo "hello from $(hostname), version $VERSION" > /www/index.html
httpd -f -p ${samplePort} -h /www &
trap 'kill $!; exit 0' TERM INT
wait
`;

/** Builds the sample image from a static busybox unless the engine has it; nothing is pulled. */
export async function ensureSampleImage(invocation: Invocation, say: Say): Promise<void> {
  const { engine } = invocation.deps;
  const labels = await imageLabels(engine, sampleImage);
  if (labels?.[versionLabel] === imageVersion) {
    say(`${sampleImage} is there`);
    return;
  }
  const archive = tarArchive(imageEntries(await staticBusybox(invocation)));
  await importImage(engine, { repository, tag }, archive, [
    'CMD ["/start"]',
    'ENV PATH=/bin',
    `EXPOSE ${samplePort}`,
    `LABEL ${versionLabel}=${imageVersion}`,
  ]);
  say(`${sampleImage} built from Debian's busybox, nothing pulled`);
}

/** The label of the agent's own image, which holds a task's network namespace open. */
const pauseLabel = 'roadstead.pause';

/** Removes the sample image, and what older images of ours were left without a name. */
export async function removeImages(engine: Engine): Promise<void> {
  await removeImage(engine, sampleImage);
  for (const label of [versionLabel, pauseLabel]) await removeNamelessImages(engine, label);
}

/** The image's one layer: busybox under the names that the sample needs, and its start script. */
export function imageEntries(busybox: Uint8Array): TarEntry[] {
  const applets = ['sh', 'httpd', 'hostname', 'mkdir', 'cat', 'ls', 'ps', 'sleep', 'wget', 'ip', 'env', 'kill'];
  return [
    { type: 'folder', path: 'bin/', mode: 0o755 },
    { type: 'folder', path: 'tmp/', mode: 0o1777 },
    { type: 'file', path: 'bin/busybox', mode: 0o755, content: busybox },
    ...applets.map((name): TarEntry => ({ type: 'link', path: `bin/${name}`, target: 'busybox' })),
    { type: 'file', path: 'start', mode: 0o755, content: new TextEncoder().encode(startScript) },
  ];
}

/** This machine's busybox when it is a static one, else the one in Debian's busybox-static, unpacked and not installed. */
async function staticBusybox(invocation: Invocation): Promise<Uint8Array> {
  const { deps, common } = invocation;
  const installed = await deps.processes.which('busybox');
  const bytes = installed === undefined ? undefined : await deps.files.readBytes(installed);
  if (bytes !== undefined && isStaticProgram(bytes)) return bytes;
  const folder = `${common.paths.dataDir}/busybox`;
  try {
    const root = await unpackPackage(invocation, 'busybox-static', folder);
    for (const path of [`${root}/bin/busybox`, `${root}/usr/bin/busybox`]) {
      const unpacked = await deps.files.readBytes(path);
      if (unpacked !== undefined && isStaticProgram(unpacked)) return unpacked;
    }
  } finally {
    await deps.files.remove(folder);
  }
  throw new Failure("Debian's busybox-static holds no static busybox", { next: 'apt-get install busybox-static' });
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hostNode, projectFile } from './host-programs.ts';

const run = promisify(execFile);

/** This machine's Node.js, files of this project and a static busybox: what a task that may mount nothing can run. */
export const nodeImage = 'localhost/roadstead/node:test';

/** Makes {@link nodeImage} with the given files of the project under `/app`. */
export async function makeNodeImage(files: readonly string[]): Promise<void> {
  const script = `
    set -e
    d=$(mktemp -d)
    trap 'rm -rf $d' EXIT
    mkdir -p $d/bin $d/tmp $d/app
    cp /bin/busybox $d/bin/ && ln -s busybox $d/bin/sh
    cp "$NODE" $d/bin/node
    for library in $(ldd "$NODE" | grep -o '/[^ ]*'); do mkdir -p $d$(dirname $library) && cp -L $library $d$library; done
    for file in $FILES; do mkdir -p $d/app/$(dirname $file) && cp "$ROOT/$file" $d/app/$file; done
    tar -C $d -c . | docker import -c 'ENV PATH=/bin' - ${nodeImage}`;
  const env = { ...process.env, NODE: hostNode, FILES: files.join(' '), ROOT: projectFile('') };
  await run('sh', ['-c', script], { env });
}

export async function removeNodeImage(): Promise<void> {
  await run('docker', ['rmi', '-f', nodeImage]);
}

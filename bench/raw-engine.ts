import type { DockerRuntime } from '#agent';
import { testImage } from '../test/support/installation.ts';

/** A container as the tasks of these benchmarks have them, with nothing around it. */
export interface RawContainer {
  readonly name: string;
  readonly command: readonly string[];
}

/** Creates and starts one container on the host's network; gives its id. */
export async function startRaw(runtime: DockerRuntime, { name, command }: RawContainer): Promise<string> {
  const id = await runtime.createContainer(`roadstead-bench-${process.pid}-${name}`, {
    Image: testImage,
    Cmd: command,
    Labels: {},
    HostConfig: { NetworkMode: 'host', Memory: 32 * 1024 * 1024 },
  });
  await runtime.startContainer(id);
  return id;
}

/** Starts containers, `lanes` at a time: the least any orchestrator on this engine has to do. */
export async function startManyRaw(
  runtime: DockerRuntime,
  containers: readonly RawContainer[],
  lanes: number,
): Promise<string[]> {
  const ids: string[] = [];
  const waiting = [...containers];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      ids.push(await startRaw(runtime, next));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return ids;
}

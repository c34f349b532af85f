import { readdir, readFile } from 'node:fs/promises';
import type { HostGpus } from './gpus.ts';

/** What NVIDIA's driver says of itself in `/proc/driver/nvidia`. A host without the driver has no GPUs. */
export async function systemGpus(root = '/proc/driver/nvidia'): Promise<HostGpus> {
  const version = await textOf(`${root}/version`);
  const folders = await readdir(`${root}/gpus`).catch(() => []);
  const texts = await Promise.all(
    folders.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => textOf(`${root}/gpus/${name}/information`)),
  );
  const ids = texts.flatMap((text) => /^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$/im.exec(text)?.[1] ?? []);
  const driverVersion = /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)?)\s/m.exec(version)?.[1];
  return { ids, ...(driverVersion === undefined ? {} : { driverVersion }) };
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

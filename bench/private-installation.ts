import type { DockerRuntime } from '#agent';
import {
  engine as engineAt,
  ensureTestImage,
  type Installation,
  newInstallation,
} from '../test/support/installation.ts';
import { PrivateEngine } from '../test/support/private-engine.ts';
import type { Row } from './benchmark.ts';

/** Measures on an installation that is up, with an engine that nobody else has. `flags` are those of `up`. */
export async function onPrivateInstallation(
  flags: readonly string[],
  measure: (installation: Installation, runtime: DockerRuntime) => Promise<Row[]>,
): Promise<Row[]> {
  await using engine = new PrivateEngine();
  await engine.start();
  await ensureTestImage(engine.dockerHost);
  await using installation = await newInstallation({ DOCKER_HOST: engine.dockerHost });
  const runtime = engineAt(engine.dockerHost);
  try {
    await installation.up(...flags);
    return await measure(installation, runtime);
  } finally {
    runtime.close();
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DockerRuntime, engineAddress } from '#agent';
import { SystemClock } from '../src/main/system-clock.ts';
import { converse } from '../test/support/engines/conversation.ts';
import { type Exchange, recordingProxy } from '../test/support/engines/exchanges.ts';

// Writes down what the engine that DOCKER_HOST names says to all that the agent asks of one:
//   node tools/record-engine.ts --rootfs busybox.tar --out test/support/engines/recorded/podman-4.3.1.json
const { values } = parseArgs({ options: { rootfs: { type: 'string' }, out: { type: 'string' } } });
if (values.rootfs === undefined || values.out === undefined) throw new Error('--rootfs TAR and --out FILE are needed');

const exchanges: Exchange[] = [];
await using proxy = await recordingProxy(engineAddress(process.env['DOCKER_HOST']), exchanges);
const runtime = new DockerRuntime({ address: proxy.address }, { clock: new SystemClock() });
try {
  console.log(await converse(runtime, readFileSync(values.rootfs)));
  writeFileSync(values.out, JSON.stringify({ exchanges }));
  execFileSync('node_modules/.bin/biome', ['format', '--write', values.out], { stdio: 'inherit' });
} finally {
  runtime.close();
}

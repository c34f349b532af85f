import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { converse } from '../../../test/support/engines/conversation.ts';
import { type Exchange, replay } from '../../../test/support/engines/exchanges.ts';
import { DockerRuntime } from './docker.ts';

// What real engines answered, written down by tools/record-engine.ts: whoever answers, the agent understands the same.

const labels = { 'roadstead-recording': 'yes' };
const everywhere = {
  created: {
    container: 'created',
    sameNameAgain: 'Conflict',
    imageThatIsNotThere: 'NotFound',
    commandBeforeItRuns: 'Conflict',
    startOfNone: 'NotFound',
  },
  running: { id: true, name: 'roadstead-recording-1', labels, state: 'running', pid: true, health: 'none' },
  sample: { id: true, read: 'string' },
  details: { image: true, labels, logDriver: 'json-file' },
  listed: ['roadstead-recording-1 running', 'roadstead-recording-3 created'],
  ended: { state: 'exited', pid: 0, exitCode: 137, finished: true },
  events: ['start', 'die', 'destroy'].map((action) => [action, 'yes']),
  volumes: { there: true, listed: ['roadstead-recording'] },
  pull: 'EngineError',
  gone: { container: undefined, image: undefined, volume: false },
};

const host = { cpuCount: true, memoryBytes: true, architecture: 'x86_64', cgroupVersion: 1, volumeDrivers: ['local'] };

test.each([
  {
    recording: 'docker-20.10.24',
    version: { engine: 'Docker', version: '20.10.24+dfsg1', apiVersion: '1.41' },
    info: { cgroupDriver: 'cgroupfs', security: ['seccomp'], healthChecks: true },
    logDrivers: ['awslogs', 'json-file'],
  },
  {
    recording: 'docker-20.10.24-rootless',
    version: { engine: 'Docker', version: '20.10.24+dfsg1', apiVersion: '1.41' },
    info: { cgroupDriver: 'none', security: ['seccomp', 'rootless'], healthChecks: true },
    logDrivers: ['awslogs', 'json-file'],
  },
  {
    recording: 'docker-29.7.2',
    version: { engine: 'Docker', version: '29.7.2', apiVersion: '1.55' },
    info: { cgroupDriver: 'cgroupfs', security: ['seccomp'], healthChecks: true },
    logDrivers: ['awslogs', 'json-file'],
  },
  {
    recording: 'podman-4.3.1',
    version: { engine: 'Podman', version: '4.3.1', apiVersion: '1.41' },
    info: { cgroupDriver: 'cgroupfs', security: ['seccomp'], healthChecks: false },
    logDrivers: ['journald', 'json-file'],
  },
])('$recording is understood', async ({ recording, version, info, logDrivers }) => {
  const file = new URL(`../../../test/support/engines/recorded/${recording}.json`, import.meta.url);
  const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as { exchanges: Exchange[] };
  await using engine = await replay(exchanges);
  const runtime = new DockerRuntime({ address: engine.address }, { clock: new ManualClock(instantFromMs(0)) });
  try {
    const heard = await converse(runtime, new Uint8Array());
    expect(heard).toMatchObject({ version, info: { ...host, ...info }, ...everywhere });
    expect(heard['info']).toHaveProperty('logDrivers', expect.arrayContaining(logDrivers));
  } finally {
    runtime.close();
  }
});

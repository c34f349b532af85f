import type { DockerRuntime } from '#agent';
import { Fault } from '#base';
import type { ContainerBody, RuntimeEvent, StatsSample } from '../../../src/agent/runtime/port.ts';

/** What an engine was heard to say, in the port's words. */
export type Heard = Readonly<Record<string, unknown>>;

const image = 'localhost/roadstead-recording/sleep:1';
const label = 'roadstead-recording';
const absent = 'f'.repeat(64);

/**
 * Says all that the agent ever says to an engine, once and one after the other, and gives what it understood.
 * `rootfs` is the archive of a file system with `/bin/sleep`. Removes what it made.
 */
export async function converse(runtime: DockerRuntime, rootfs: Uint8Array): Promise<Heard> {
  const version = await runtime.version();
  const info = await runtime.info();
  await runtime.importImage(rootfs, image, []);
  const imageId = (await runtime.inspectImage(image))?.id;
  const body = (over: Partial<ContainerBody> = {}): ContainerBody => ({
    Image: image,
    Cmd: ['/bin/sleep', '1000'],
    Labels: { [label]: 'yes' },
    HostConfig: { NetworkMode: 'none' },
    ...over,
  });

  const events: RuntimeEvent[] = [];
  const watching = new AbortController();
  const watch = await runtime.watchEvents({
    label: `${label}=yes`,
    signal: watching.signal,
    onEvent: (event) => events.push(event),
  });
  const id = await runtime.createContainer('roadstead-recording-1', body());
  const exec = { command: ['true'], user: '0', environment: [], terminal: false };
  const created = {
    container: (await runtime.inspectContainer(id))?.state,
    sameNameAgain: await refusal(runtime.createContainer('roadstead-recording-1', body())),
    imageThatIsNotThere: await refusal(
      runtime.createContainer('roadstead-recording-2', body({ Image: 'localhost/roadstead-recording/none:1' })),
    ),
    commandBeforeItRuns: await refusal(runtime.exec(id, exec)),
    startOfNone: await refusal(runtime.startContainer(absent)),
  };

  await runtime.startContainer(id);
  await runtime.startContainer(id);
  const running = await runtime.inspectContainer(id);
  const sample = await oneSample(runtime, id);
  const joined = await runtime.createContainer(
    'roadstead-recording-3',
    body({ HostConfig: { NetworkMode: `container:${id}` } }),
  );
  const details = await runtime.describeContainer(id);
  const listed = (await runtime.listContainers([`${label}=yes`])).map((each) => `${each.name} ${each.state}`).sort();
  await runtime.startContainer(joined);
  await runtime.removeContainer(joined);
  await runtime.stopContainer(id, 0);
  await runtime.stopContainer(id, 0);
  const ended = await runtime.inspectContainer(id);
  await runtime.removeContainer(id);
  await runtime.removeContainer(id);
  await heardAll(events, id);
  watching.abort();
  await watch.ended;

  const volume = { name: 'roadstead-recording', driver: 'local', driverOptions: {}, labels: { [label]: 'yes' } };
  await runtime.createVolume(volume);
  await runtime.createVolume(volume);
  const volumes = { there: await runtime.hasVolume(volume.name), listed: await runtime.listVolumes([`${label}=yes`]) };
  await runtime.removeVolume(volume.name);
  await runtime.removeVolume(volume.name);

  const pull = await refusal(runtime.pullImage('localhost:1/roadstead-recording/none:1', {}));
  await runtime.removeImage(image);
  const gone = {
    container: await runtime.inspectContainer(id),
    image: await runtime.inspectImage(image),
    volume: await runtime.hasVolume(volume.name),
  };
  return {
    version,
    info: { ...info, cpuCount: info.cpuCount > 0, memoryBytes: info.memoryBytes > 0 },
    created,
    running: { ...running, id: running?.id === id, pid: (running?.pid ?? 0) > 0, startedAtMs: undefined },
    sample: { id: sample['id'] === id, read: typeof sample['read'] },
    details: { image: details?.imageId === imageId, labels: details?.labels, logDriver: details?.logDriver },
    listed,
    ended: {
      state: ended?.state,
      pid: ended?.pid,
      exitCode: ended?.exitCode,
      finished: (ended?.finishedAtMs ?? 0) > 0,
    },
    events: events.filter(({ containerId }) => containerId === id).map(({ action, labels }) => [action, labels[label]]),
    volumes,
    pull,
    gone,
  };
}

/** The code of a refusal, and the first words of what was said. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'done';
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.code;
  }
}

async function oneSample(runtime: DockerRuntime, id: string): Promise<StatsSample> {
  const enough = new AbortController();
  const first = await new Promise<StatsSample>((resolve, reject) => {
    runtime.watchStats({ id, signal: enough.signal, onSample: resolve }).catch(reject);
  });
  enough.abort(new Error('one is enough'));
  return first;
}

/** Events come beside the answers: until the last of a container is heard. */
async function heardAll(events: readonly RuntimeEvent[], id: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!events.some(({ action, containerId }) => action === 'destroy' && containerId === id)) {
    if (performance.now() > deadline) throw new Error('the engine never told that the container was removed');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

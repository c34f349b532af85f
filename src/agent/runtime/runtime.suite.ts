import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContainerBody, ContainerRuntime, ExecProcess, RuntimeEvent, StatsSample } from './port.ts';

/** What the suite needs of an implementation. */
export interface RuntimeSuiteSetup {
  readonly runtime: ContainerRuntime;
  /** An image that the engine has, with a shell's `sleep`. */
  readonly image: string;
  /** Makes everything of the suite's own that is unique. */
  readonly prefix: string;
  /** Lets things happen until the condition holds. */
  readonly until: (condition: () => boolean | Promise<boolean>) => Promise<void>;
  /** The body of a container that ends by itself with the exit code soon after its start. */
  readonly ends: (exitCode: number) => Partial<ContainerBody>;
}

/** Every implementation of the container runtime port behaves alike. */
export function runtimeSuite(
  name: string,
  setUp: () => Promise<RuntimeSuiteSetup>,
  tearDown: () => Promise<void>,
): void {
  describe(`container runtime: ${name}`, () => {
    let setup: RuntimeSuiteSetup;
    let runtime: ContainerRuntime;
    let count = 0;
    beforeAll(async () => {
      setup = await setUp();
      runtime = setup.runtime;
    });
    afterAll(async () => {
      for (const { id } of await runtime.listContainers([`suite=${setup.prefix}`])) await runtime.removeContainer(id);
      runtime.close();
      await tearDown();
    });

    const create = (over: Partial<ContainerBody> = {}): Promise<string> => {
      count += 1;
      const body = { Image: setup.image, Cmd: ['sleep', '1000'], Labels: { suite: setup.prefix }, HostConfig: {} };
      return runtime.createContainer(`${setup.prefix}-${count}`, { ...body, ...over });
    };

    test('says which version it speaks and what the host has', async () => {
      expect((await runtime.version()).apiVersion).toMatch(/^1\.\d+$/);
      const info = await runtime.info();
      expect(info.cpuCount).toBeGreaterThan(0);
      expect(info.memoryBytes).toBeGreaterThan(0);
    });

    test('a container is created, started, stopped and removed', async () => {
      const id = await create();
      expect(await runtime.inspectContainer(id)).toMatchObject({
        state: 'created',
        pid: 0,
        name: `${setup.prefix}-${count}`,
      });
      await runtime.startContainer(id);
      await runtime.startContainer(id);
      const running = await runtime.inspectContainer(`${setup.prefix}-${count}`);
      expect(running).toMatchObject({ id, state: 'running', health: 'none', labels: { suite: setup.prefix } });
      expect(running?.pid).toBeGreaterThan(0);
      await runtime.stopContainer(id, 0);
      expect(await runtime.inspectContainer(id)).toMatchObject({ state: 'exited', pid: 0 });
      await runtime.stopContainer(id, 0);
      await runtime.removeContainer(id);
      await runtime.removeContainer(id);
      expect(await runtime.inspectContainer(id)).toBeUndefined();
    });

    test('a container is described, and its use followed while it runs', async () => {
      const id = await create();
      expect(await runtime.describeContainer('0'.repeat(64))).toBeUndefined();
      await runtime.startContainer(id);
      const details = await runtime.describeContainer(id);
      expect(details).toMatchObject({ id, labels: { suite: setup.prefix }, mounts: [] });
      expect(details?.imageId).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(details?.startedAtMs).toBeGreaterThanOrEqual(details?.createdAtMs ?? Number.NaN);
      expect(await runtime.containerSize(id)).toBeGreaterThan(0);
      expect(await runtime.containerSize('0'.repeat(64))).toBeUndefined();
      const samples: StatsSample[] = [];
      const stopping = new AbortController();
      const { signal } = stopping;
      const { ended } = await runtime.watchStats({ id, signal, onSample: (sample) => samples.push(sample) });
      await setup.until(() => samples.length >= 2);
      expect(samples[1]).toMatchObject({ id, pids_stats: { current: 1 } });
      stopping.abort(new Error('enough'));
      await setup.until(() => Promise.race([ended.then(() => true), later()]));
    });

    test('what a running container has used so far is told once, and of any other nothing', async () => {
      const id = await create();
      expect(await runtime.sampleStats(id)).toBeUndefined();
      await runtime.startContainer(id);
      expect(await runtime.sampleStats(id)).toMatchObject({
        id,
        cpu_stats: { cpu_usage: { total_usage: expect.any(Number) } },
        memory_stats: { usage: expect.any(Number) },
      });
      await runtime.removeContainer(id);
      expect(await runtime.sampleStats(id)).toBeUndefined();
    });

    test('a running container is removed as well', async () => {
      const id = await create();
      await runtime.startContainer(id);
      await runtime.removeContainer(id);
      expect(await runtime.inspectContainer(id)).toBeUndefined();
    });

    test('the exit code is kept, and the death is told', async () => {
      const events: RuntimeEvent[] = [];
      const stop = new AbortController();
      const label = `suite=${setup.prefix}`;
      const { ended } = await runtime.watchEvents({
        label,
        signal: stop.signal,
        onEvent: (event) => events.push(event),
      });
      const id = await create(setup.ends(7));
      await runtime.startContainer(id);
      await setup.until(() => events.some(({ action, containerId }) => action === 'die' && containerId === id));
      expect(await runtime.inspectContainer(id)).toMatchObject({ state: 'exited', exitCode: 7, oomKilled: false });
      expect(events.find(({ containerId }) => containerId === id)?.labels).toMatchObject({ suite: setup.prefix });
      stop.abort();
      await ended;
    });

    test('kill ends it with 137', async () => {
      const id = await create();
      await runtime.startContainer(id);
      await runtime.killContainer(id, 'SIGKILL');
      await setup.until(async () => (await runtime.inspectContainer(id))?.state === 'exited');
      expect((await runtime.inspectContainer(id))?.exitCode).toBe(137);
    });

    test('lists by labels, running or not', async () => {
      const labels = { suite: setup.prefix, kind: 'listed' };
      const [a, b] = [await create({ Labels: labels }), await create({ Labels: { ...labels, second: 'yes' } })];
      await runtime.startContainer(a);
      const listed = await runtime.listContainers([`suite=${setup.prefix}`, 'kind=listed']);
      expect(new Map(listed.map(({ id, state }) => [id, state]))).toEqual(
        new Map([
          [a, 'running'],
          [b, 'created'],
        ]),
      );
      expect((await runtime.listContainers(['second', `suite=${setup.prefix}`])).map(({ id }) => id)).toEqual([b]);
    });

    test('a name in use is a conflict, a missing image and a missing container are not found', async () => {
      await create();
      count -= 1;
      await expect(create()).rejects.toMatchObject({ code: 'Conflict' });
      count += 1;
      const missing = create({ Image: 'roadstead-test/there-is-none:1' });
      await expect(missing).rejects.toMatchObject({
        code: 'NotFound',
        message: expect.stringMatching(/^Error response from daemon: no such image/i),
      });
      await expect(runtime.startContainer('0123456789ab')).rejects.toMatchObject({ code: 'NotFound' });
    });

    test('images are inspected; one that is not there is undefined', async () => {
      expect((await runtime.inspectImage(setup.image))?.id).toMatch(/^sha256:/);
      expect(await runtime.inspectImage('roadstead-test/there-is-none:1')).toBeUndefined();
    });

    test('a process in a running container reads, writes and has an exit code', async () => {
      const id = await create();
      const plain = { user: '0', environment: [], terminal: false };
      await expect(runtime.exec(id, { ...plain, command: ['cat'] })).rejects.toMatchObject({ code: 'Conflict' });
      await runtime.startContainer(id);
      const cat = await runtime.exec(id, { ...plain, command: ['cat'] });
      await cat.write(Buffer.from('what was '));
      await cat.write(Buffer.from('written'));
      cat.endInput();
      expect(await textFrom(cat)).toBe('what was written');
      expect(await cat.exitCode()).toBe(0);
      const failing = await runtime.exec(id, { ...plain, command: ['false'] });
      expect(await textFrom(failing)).toBe('');
      expect(await failing.exitCode()).toBe(1);
      const endless = await runtime.exec(id, { ...plain, command: ['cat'] });
      await endless.kill();
      expect(await textFrom(endless)).toBe('');
      await setup.until(async () => (await endless.exitCode()) === 137);
    });

    test('volumes are made, found, listed and removed, any number of times', async () => {
      const name = `${setup.prefix}-volume`;
      const volume = { name, driver: 'local', driverOptions: {}, labels: { suite: setup.prefix } };
      await runtime.createVolume(volume);
      await runtime.createVolume(volume);
      expect(await runtime.hasVolume(name)).toBe(true);
      expect(await runtime.listVolumes([`suite=${setup.prefix}`])).toEqual([name]);
      await runtime.removeVolume(name);
      await runtime.removeVolume(name);
      expect(await runtime.hasVolume(name)).toBe(false);
    });
  });
}

async function textFrom({ output }: ExecProcess): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const { bytes } of output) pieces.push(bytes);
  return Buffer.concat(pieces).toString();
}

/** Says no once everything that is ready has been done. */
function later(): Promise<boolean> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(false));
  });
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { DockerRuntime, negotiateApiVersion, splitReference } from './docker.ts';
import { engineAddress } from './docker-http.ts';
import { runtimeEvent } from './docker-shapes.ts';
import { pauseExecutable, tarOf } from './pause-image.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const act of close.splice(0)) act();
});

/** An engine that answers each path with a status and a text. */
async function fakeEngine(
  answers: Record<string, readonly [number, string]>,
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<DockerRuntime> {
  const server = createServer((request, response) => {
    onRequest(request);
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const [status, text] = answers[path] ?? [404, '{"message":"page not found"}'];
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clock = new ManualClock(instantFromMs(0));
  const runtime = new DockerRuntime({ address: { host: '127.0.0.1', port } }, { clock });
  close.push(() => {
    runtime.close();
    server.close();
  });
  return runtime;
}

const version = [200, JSON.stringify({ Version: '29.1', ApiVersion: '1.60', MinAPIVersion: '1.44' })] as const;

test('the API version is the newest that both speak; without one the engine is refused', () => {
  expect(negotiateApiVersion('1.41', '1.12')).toBe('1.41');
  expect(negotiateApiVersion('1.60', '1.44')).toBe('1.55');
  expect(negotiateApiVersion('1.47', undefined)).toBe('1.47');
  expect(() => negotiateApiVersion('1.40', '1.12')).toThrow('1.41 to 1.55 is needed');
  expect(() => negotiateApiVersion('1.70', '1.60')).toThrow('API 1.60 to 1.70');
});

test('every call names the version agreed on', async () => {
  const container = '/v1.55/containers/create';
  const runtime = await fakeEngine({ '/version': [200, version[1]], [container]: [201, '{"Id":"abc"}'] });
  expect(await runtime.createContainer('x', { Image: 'y', Labels: {}, HostConfig: {} })).toBe('abc');
});

test('an error inside a pull is an error, in the words of the engine', async () => {
  const lines = '{"status":"Pulling"}\n{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\n';
  const runtime = await fakeEngine({ '/version': [200, version[1]], '/v1.55/images/create': [200, lines] });
  const progress: string[] = [];
  const pull = runtime.pullImage('a:1', { onProgress: (status) => progress.push(status) });
  await expect(pull).rejects.toMatchObject({ code: 'EngineError', message: 'manifest unknown' });
  expect(progress).toEqual(['Pulling']);
});

test('a login for a registry is in base64url with its padding', async () => {
  const sent: string[] = [];
  const runtime = await fakeEngine({ '/version': [200, version[1]], '/v1.55/images/create': [200, ''] }, (request) =>
    sent.push(String(request.headers['x-registry-auth'])),
  );
  const credentials = { username: 'mate', password: '??>>~~' };
  await runtime.pullImage('a:1', { credentials });
  const header = sent.at(-1) ?? '';
  expect(header).toMatch(/^[\w-]+={0,2}$/);
  expect(header.length % 4).toBe(0);
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual(credentials);
});

test('what an engine says of its host: control groups, confinement, GPUs', async () => {
  const plain = { NCPU: 2, MemTotal: 1, Architecture: 'x86_64' };
  const info = async (more: object) =>
    (
      await fakeEngine({ '/version': [200, version[1]], '/v1.55/info': [200, JSON.stringify({ ...plain, ...more })] })
    ).info();
  const ubuntu = {
    CgroupDriver: 'systemd',
    CgroupVersion: '2',
    SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
    Runtimes: { 'io.containerd.runc.v2': {}, nvidia: { path: 'nvidia-container-runtime' }, runc: {} },
  };
  expect(await info(ubuntu)).toMatchObject({
    cgroupDriver: 'systemd',
    cgroupVersion: 2,
    security: ['apparmor', 'seccomp', 'cgroupns'],
    gpus: true,
  });
  const rootless = { CgroupDriver: 'none', CgroupVersion: '1', SecurityOptions: ['name=seccomp', 'name=rootless'] };
  expect(await info(rootless)).toMatchObject({ cgroupDriver: 'none', security: ['seccomp', 'rootless'], gpus: false });
  expect(await info({ SecurityOptions: null, Runtimes: null })).toMatchObject({ security: [], gpus: false });
});

test('an engine that is not there can be tried again', async () => {
  const clock = new ManualClock(instantFromMs(0));
  const runtime = new DockerRuntime({ address: { socketPath: '/no/such/socket' } }, { clock });
  await expect(runtime.info()).rejects.toMatchObject({ code: 'EngineUnavailable', retryable: true });
});

test('DOCKER_HOST', () => {
  expect(engineAddress(undefined)).toEqual({ socketPath: '/var/run/docker.sock' });
  expect(engineAddress('unix:///run/user/1/podman.sock')).toEqual({ socketPath: '/run/user/1/podman.sock' });
  expect(engineAddress('tcp://10.0.0.1:2375')).toEqual({ host: '10.0.0.1', port: 2375 });
  expect(() => engineAddress('ssh://x')).toThrow('unix:// or tcp://');
});

test('image references', () => {
  expect(splitReference('nginx')).toEqual({ name: 'nginx', tag: 'latest' });
  expect(splitReference('host:5000/a/b')).toEqual({ name: 'host:5000/a/b', tag: 'latest' });
  expect(splitReference('host:5000/a/b:2')).toEqual({ name: 'host:5000/a/b', tag: '2' });
  expect(splitReference('a/b:2@sha256:00')).toEqual({ name: 'a/b', tag: 'sha256:00' });
});

test('events', () => {
  const actor = { ID: 'c1', Attributes: { exitCode: '1', mine: 'yes' } };
  const base = { Type: 'container', Actor: actor, time: 5, timeNano: 5_123_456_789 };
  expect(runtimeEvent({ ...base, Action: 'die' })).toMatchObject({ action: 'die', containerId: 'c1', atMs: 5123 });
  expect(runtimeEvent({ ...base, Action: 'health_status: healthy' })?.action).toBe('health');
  expect(runtimeEvent({ ...base, Action: 'exec_start: ls' })).toBeUndefined();
  expect(runtimeEvent({ ...base, Type: 'network', Action: 'die' })).toBeUndefined();
});

test('the namespace holder is an executable for either architecture, in an archive', () => {
  for (const [architecture, machine] of [
    ['x86_64', 0x3e],
    ['arm64', 0xb7],
  ] as const) {
    const elf = Buffer.from(pauseExecutable(architecture));
    expect(elf.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
    expect(elf.readUInt16LE(18)).toBe(machine);
    expect(elf.readBigUInt64LE(96)).toBe(BigInt(elf.length));
  }
  expect(() => pauseExecutable('riscv64')).toThrow('riscv64');
  const tar = Buffer.from(tarOf('pause', Buffer.from('hello')));
  expect(tar.length % 512).toBe(0);
  expect(tar.toString('latin1', 512, 517)).toBe('hello');
});

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { freePort } from '../../support/free-port.ts';
import { Bed, balancerArn, forward, groupArn, groupDocument, listener, rule } from './bed.ts';
import { call, Load, until } from './client.ts';

let bed: Bed;

beforeEach(async () => {
  bed = await Bed.create();
});

afterEach(() => bed[Symbol.asyncDispose]());

const at = (path = '/'): { host: string; port: number; path: string } => ({ host: bed.address(10), port: 80, path });

async function bodies(count: number, headers: Readonly<Record<string, string>> = {}): Promise<Set<string>> {
  const met = new Set<string>();
  for (let i = 0; i < count; i++) met.add((await call({ ...at(), headers })).body);
  return met;
}

function workerPid(): string {
  const socket = `${bed.directory}/nodes/${bed.interfaceId(10)}/sockets/admin`;
  const script = `import{connect}from'node:net';const s=connect('${socket}');s.write('show info\\n');s.pipe(process.stdout)`;
  const info = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return /^Pid: (\d+)/m.exec(info)?.[1] ?? '';
}

test('targets come, leave and fail without a reload, and get nothing before they are healthy', async () => {
  const [a, b] = [await bed.target('a'), await bed.target('b')];
  let ready = false;
  const late = await bed.target('late');
  late.server.removeAllListeners('request');
  late.server.on('request', (_request, response: ServerResponse) => {
    response.statusCode = ready ? 200 : 503;
    response.end('late');
  });
  bed.group('web', [a]);
  bed.balancer('web', 10, [listener(80, rule(forward('web')))]);
  await bed.healthy('web', 1);
  const pid = workerPid();
  bed.group('web', [a, b, late]);
  await bed.healthy('web', 2);
  await until(() =>
    bed.reports.some(
      ({ kind, report }) =>
        kind === 'target-health' && report.port === late.port && report.reason === 'Elb.InitialHealthChecking',
    ),
  );
  expect(await bodies(30)).toEqual(new Set(['a', 'b']));
  ready = true;
  await bed.healthy('web', 3);
  expect(await bodies(30)).toEqual(new Set(['a', 'b', 'late']));
  // One leaves: nothing new for it, what it answers already is answered to the end.
  let finish = (): void => {};
  a.server.removeAllListeners('request');
  a.server.on('request', (request, response: ServerResponse) => {
    if (request.url !== '/slow') response.end('a');
    else {
      response.write('begun ');
      finish = () => response.end('ended');
    }
  });
  let slow = call(at('/slow'));
  await until(async () => {
    if (finish.name === 'finish') return true;
    return Promise.race([
      slow.then(() => {
        slow = call(at('/slow'));
        return false;
      }),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 30)),
    ]);
  });
  bed.group('web', [{ ...a, draining: true }, b, late]);
  await bed.apply();
  await bed.balancing.settled();
  expect(await bodies(30)).toEqual(new Set(['b', 'late']));
  finish();
  expect((await slow).body).toBe('begun ended');
  bed.group('web', [b, late]);
  await bed.apply();
  await bed.balancing.settled();
  expect(workerPid()).toBe(pid);
});

test('an unhealthy target is taken out and back, and when all are, all get requests', async () => {
  const [a, b] = [await bed.target('a'), await bed.target('b')];
  const health = { intervalSeconds: 1, timeoutSeconds: 1 };
  const group = groupDocument('web', []);
  bed.group('web', [a, b], { healthCheck: { ...group.healthCheck, ...health } });
  bed.balancer('web', 10, [listener(80, rule(forward('web')))]);
  await bed.healthy('web', 2);
  let status = 500;
  const answer = (request: { url?: string }, response: ServerResponse): void => {
    response.statusCode = request.url === '/health' ? status : 200;
    response.end('b');
  };
  b.server.removeAllListeners('request');
  b.server.on('request', answer);
  const unhealthy = await bed.reported(
    ({ kind, report }) => kind === 'target-health' && report.port === b.port && report.state === 'unhealthy',
  );
  expect(unhealthy.report).toMatchObject({
    reason: 'Target.ResponseCodeMismatch',
    description: 'Health checks failed with these codes: [500]',
  });
  await bed.balancing.settled();
  expect(await bodies(20)).toEqual(new Set(['a']));
  a.server.closeAllConnections();
  a.server.close();
  await bed.reported(
    ({ kind, report }) => kind === 'target-health' && report.port === a.port && report.state === 'unhealthy',
  );
  await bed.balancing.settled();
  // Nobody is healthy: whoever answers, answers.
  expect(await bodies(10)).toEqual(new Set(['b']));
  status = 200;
  bed.reports.length = 0;
  await bed.reported(
    ({ kind, report }) => kind === 'target-health' && report.port === b.port && report.state === 'healthy',
  );
  await bed.balancing.settled();
  expect(await bodies(10)).toEqual(new Set(['b']));
});

test('clients stay with their target by the balancer’s cookie and by the application’s', async () => {
  const targets = [await bed.target('a'), await bed.target('b'), await bed.target('c')];
  const app = [1, 2, 3].map((name) =>
    bed.target(`app${name}`, (request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', 'SID=x; Path=/');
      response.end(`app${name}`);
    }),
  );
  bed.group('web', targets, { attributes: { 'stickiness.enabled': 'true', 'stickiness.type': 'lb_cookie' } });
  bed.group('app', await Promise.all(app), {
    attributes: {
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.cookie_name': 'SID',
    },
  });
  bed.balancer('web', 10, [
    listener(80, rule(forward('app'), { field: 'path-pattern', values: ['/app', '/login'] }), rule(forward('web'))),
  ]);
  await Promise.all([bed.healthy('web', 3), bed.healthy('app', 3)]);
  const first = await call(at());
  const cookies = (first.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['AWSALB', 'AWSALBCORS']);
  for (const cookie of cookies) expect(await bodies(50, { cookie })).toEqual(new Set([first.body]));
  expect((await bodies(30)).size).toBe(3);
  const kept = (cookies: readonly string[] = []): string => cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  const before = await call(at('/app'));
  expect(kept(before.headers['set-cookie'])).toBe('AWSALBAPP-0=_remove_');
  const login = await call(at('/login'));
  const cookie = kept(login.headers['set-cookie']);
  expect(cookie).toMatch(/^SID=x; AWSALBAPP-0=(?!_remove_)/);
  for (let i = 0; i < 30; i++) expect((await call({ ...at('/app'), headers: { cookie } })).body).toBe(login.body);
});

test('twenty reloads under load: no client notices, a websocket stays open', async () => {
  const target = await bed.target('web', (_request, response) => response.end('x'.repeat(500)));
  const sockets = new WebSocketServer({ server: target.server });
  sockets.on('connection', (socket) => socket.on('message', (message: Buffer) => socket.send(message.toString())));
  const second = await bed.target('other', (_request, response) => response.end('y'));
  bed.group('web', [target]);
  bed.group('other', [second]);
  const listeners = (round: number): ReturnType<typeof listener>[] => [
    listener(80, rule(forward('other'), { field: 'path-pattern', values: [`/round/${round}`] }), rule(forward('web'))),
  ];
  bed.balancer('web', 10, listeners(0));
  await Promise.all([bed.healthy('web', 1), bed.healthy('other', 1)]);
  const socket = new WebSocket(`ws://${bed.address(10)}/socket`);
  await once(socket, 'open');
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  const load = new Load(at(), 12);
  const pids = new Set([workerPid()]);
  for (let round = 1; round <= 20; round++) {
    bed.balancer('web', 10, listeners(round));
    await until(async () => (await call(at(`/round/${round}`))).body === 'y');
    pids.add(workerPid());
    socket.send(`round ${round}`);
    expect(String((await once(socket, 'message'))[0])).toBe(`round ${round}`);
  }
  await load.stop();
  expect(pids.size).toBe(21);
  expect(load.failures).toEqual([]);
  expect(load.requests).toBeGreaterThan(1000);
  expect(closed).toBe(false);
  socket.terminate();
  sockets.close();
});

test.each([
  ['application', 'HTTP'],
  ['network', 'TCP'],
] as const)('a node of type %s says which document it serves once new connections meet it', async (type, protocol) => {
  for (const name of ['blue', 'green']) {
    const group = bed.group(name, [await bed.target(name)]);
    bed.documents.targetGroups.set(groupArn(name), { ...group, protocol });
  }
  const shift = async (green: number, digest: string): Promise<void> => {
    const targetGroups = [
      { targetGroupArn: groupArn('blue'), weight: 1 - green },
      { targetGroupArn: groupArn('green'), weight: green },
    ];
    bed.balancer('web', 10, [{ ...listener(80, rule({ type: 'forward', targetGroups })), protocol }], { type, digest });
    await bed.reported(({ kind, report }) => kind === 'balancer-node' && report.digest === digest);
  };
  await shift(0, 'first');
  await Promise.all([bed.healthy('blue', 1), bed.healthy('green', 1)]);
  for (let round = 0; round < 8; round++) {
    const green = (round + 1) % 2;
    await shift(green, `round ${round}`);
    expect(await bodies(20)).toEqual(new Set([green === 1 ? 'green' : 'blue']));
  }
});

test('an agent that comes back finds all as it was, and takes away what is no more', async () => {
  const [a, b] = [await bed.target('a'), await bed.target('b')];
  bed.group('web', [a, b]);
  bed.balancer('web', 10, [listener(80, rule(forward('web')))]);
  bed.balancer('other', 11, [listener(81, rule(forward('web')))]);
  await bed.healthy('web', 2);
  // A target may be healthy by one node's word while the other begins.
  for (const node of [at(), { ...at(), host: bed.address(11), port: 81 }]) {
    await until(() =>
      call(node).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  }
  const pid = workerPid();
  const load = new Load(at(), 4);
  bed.documents.balancers.delete(balancerArn('other'));
  await bed.restart();
  await bed.balancing.settled();
  await expect(call({ ...at(), host: bed.address(11), port: 81 })).rejects.toThrow(/ECONN|EHOST|ENET/);
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(workerPid()).toBe(pid);
  // A HAProxy that died is started again.
  process.kill(await bed.haproxyPid(10), 'SIGKILL');
  process.kill(Number(pid), 'SIGKILL');
  await until(() =>
    call(at()).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
});

test('a rule that HAProxy does not take is left out and told of; the others hold', async () => {
  bed.group('web', [await bed.target('a')]);
  const broken = rule(forward('web'), { field: 'path-pattern', values: ['(('], regex: true });
  const body = bed.balancer('web', 10, [listener(80, broken, rule(forward('web')))]);
  const { report } = await bed.reported(({ kind }) => kind === 'listener');
  expect(report).toEqual({
    listenerArn: body.listeners[0]?.listenerArn,
    problem: `HAProxy does not take the rule ${broken.ruleArn}`,
  });
  await bed.healthy('web', 1);
  expect((await call(at())).status).toBe(200);
  bed.reports.length = 0;
  bed.balancer('web', 10, [listener(80, rule(forward('web')))]);
  expect((await bed.reported(({ kind }) => kind === 'listener')).report).not.toHaveProperty('problem');
});

test('an internet-facing listener is reached at the host’s addresses where its port is free', async () => {
  const [port, taken] = [await freePort(), await freePort()];
  const { createServer } = await import('node:net');
  const squatter = createServer().listen(taken, '0.0.0.0');
  bed.defer(() => void squatter.close());
  bed.group('web', [await bed.target('a')]);
  const facing = { scheme: 'internet-facing' as const };
  const first = bed.balancer(
    'web',
    10,
    [listener(port, rule(forward('web'))), listener(taken, rule(forward('web')))],
    facing,
  );
  await bed.healthy('web', 1);
  expect((await call({ host: '127.0.0.1', port })).body).toBe('a');
  expect((await call({ host: bed.targetAddress, port })).body).toBe('a');
  const inUse = await bed.reported(({ kind, report }) => kind === 'listener' && 'problem' in report);
  expect(inUse.report).toMatchObject({
    listenerArn: first.listeners[1]?.listenerArn,
    problem: expect.stringContaining('in use by another program') as string,
  });
  // Another balancer comes too late for the port.
  bed.reports.length = 0;
  const listeners = [{ ...listener(port, rule(forward('web'))), listenerArn: 'arn:second' }];
  bed.balancer('second', 11, listeners, facing);
  const late = await bed.reported(({ kind, report }) => kind === 'listener' && 'problem' in report);
  expect(late.report).toMatchObject({
    listenerArn: 'arn:second',
    problem: expect.stringContaining('belongs to the load balancer web') as string,
  });
  bed.documents.balancers.delete(balancerArn('web'));
  await bed.apply();
  await until(() =>
    call({ host: '127.0.0.1', port }).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
});

test('access logs: a line per request in the form of AWS', async () => {
  bed.group('web', [await bed.target('a')]);
  const attributes = { 'access_logs.s3.enabled': 'true', 'access_logs.s3.bucket': 'logs' };
  bed.balancer('web', 10, [listener(80, rule(forward('web')))], { attributes });
  await bed.healthy('web', 1);
  await call({ ...at('/said?x=1'), headers: { 'user-agent': 'odd "agent"\ttab', host: 'web.test' } });
  const path = `${bed.directory}/nodes/${bed.interfaceId(10)}/access.log`;
  await until(() =>
    readFile(path, 'utf8').then(
      (text) => text.includes('/said'),
      () => false,
    ),
  );
  const line = await readFile(path, 'utf8');
  expect(line).toMatch(
    /^http \d{4}-\S+Z app\/web\/50dc6c495c0c9188 \S+ \S+ 0\.\d{3} 0\.\d{3} 0\.\d{3} 200 200 \d+ \d+ /,
  );
  expect(line).toContain('"GET http://web.test:80/said?x=1 HTTP/1.1"');
  expect(line).toMatch(/"Root=1-[0-9a-f]{8}-[0-9a-f]{24}" "-" "-" 0 /);
  expect(line.trim().split('\n')).toHaveLength(1);
});

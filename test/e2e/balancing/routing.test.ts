import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ListenerDocument } from '../../../src/wire/link/index.ts';
import { Bed, forward, groupArn, listener, rule } from './bed.ts';

/** One load balancer with a rule of each kind; every target says who it is. */
let bed: Bed;
let address: string;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET', port = 80): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: address, port, path, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

const saying = (text: string): ListenerDocument['rules'][number]['action'] => ({
  type: 'fixed-response',
  statusCode: 200,
  contentType: 'text/plain',
  messageBody: text,
});

beforeAll(async () => {
  bed = await Bed.create();
  address = bed.address(10);
  const echo = await bed.target('echo', (request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.headers));
  });
  const [blue, green] = [await bed.target('blue'), await bed.target('green')];
  bed.group('echo', [echo]);
  bed.group('blue', [blue]);
  bed.group('green', [green]);
  bed.group('nobody', []);
  const hostile = `a'b"c\\d#e$f\${HOME}%[path]{ } g`;
  bed.balancer('web', 10, [
    listener(
      80,
      rule(saying('host'), { field: 'host-header', values: ['*.Example.com', 'other.test'] }),
      rule(saying('path'), { field: 'path-pattern', values: ['/img/*', '/exact', '/a?c/*.png'] }),
      rule(saying('header'), { field: 'http-header', name: 'X-Kind', values: ['*blue*'] }),
      rule(saying('method'), { field: 'http-request-method', values: ['PURGE', 'DELETE'] }),
      rule(saying('query'), {
        field: 'query-string',
        values: [{ key: 'version', value: 'v?' }, { value: 'a\\*b' }],
      }),
      rule(saying('source'), { field: 'source-ip', values: ['203.0.113.0/24'] }),
      rule(
        saying('both'),
        { field: 'path-pattern', values: ['/both'] },
        { field: 'http-header', name: 'x-one', values: ['1', '2'] },
      ),
      rule(saying('regex'), { field: 'path-pattern', values: ['^/r[0-9]+$'], regex: true }),
      rule(saying(`said ${hostile}\n`), { field: 'path-pattern', values: ['/hostile'] }),
      rule(saying('hostile header'), { field: 'http-header', name: 'x-hostile', values: [hostile] }),
      rule(
        {
          type: 'redirect',
          protocol: 'HTTPS',
          host: 'www.#{host}',
          port: '8443',
          path: '/new/#{path}',
          query: '#{query}',
          statusCode: 301,
        },
        { field: 'path-pattern', values: ['/old*'] },
      ),
      rule({ type: 'fixed-response', statusCode: 204 }, { field: 'path-pattern', values: ['/empty'] }),
      rule(forward('nobody'), { field: 'path-pattern', values: ['/nobody'] }),
      rule(forward('not-there'), { field: 'path-pattern', values: ['/not-there'] }),
      rule(
        {
          type: 'forward',
          targetGroups: [
            { targetGroupArn: groupArn('blue'), weight: 90 },
            { targetGroupArn: groupArn('green'), weight: 10 },
          ],
        },
        { field: 'path-pattern', values: ['/weighted'] },
      ),
      rule(
        {
          type: 'forward',
          targetGroups: [
            { targetGroupArn: groupArn('blue'), weight: 1 },
            { targetGroupArn: groupArn('green'), weight: 1 },
          ],
          stickinessSeconds: 60,
        },
        { field: 'path-pattern', values: ['/sticky'] },
      ),
      rule(forward('echo')),
    ),
  ]);
  await Promise.all(['echo', 'blue', 'green'].map((name) => bed.healthy(name, 1)));
});

afterAll(() => bed[Symbol.asyncDispose]());

test('conditions: host, path, header, method, query, source, all of a rule, any of a condition', async () => {
  const says = async (...args: Parameters<typeof ask>): Promise<string> => (await ask(...args)).body;
  expect(await says('/', { host: 'WWW.example.com:8080' })).toBe('host');
  expect(await says('/', { host: 'other.test' })).toBe('host');
  expect(await says('/img/x?y')).toBe('path');
  expect(await says('/abc/x.png')).toBe('path');
  expect(await says('/IMG/x')).not.toBe('path');
  expect(await says('/', { 'x-kind': 'Light BLUE sky' })).toBe('header');
  expect(await says('/', {}, 'PURGE')).toBe('method');
  expect(await says('/?x=1&Version=V2')).toBe('query');
  expect(await says('/?x=a*b')).toBe('query');
  expect(await says('/?x=aab')).not.toBe('query');
  expect(await says('/both', { 'x-one': '2' })).toBe('both');
  expect(await says('/both')).not.toBe('both');
  expect(await says('/r123')).toBe('regex');
  expect((await ask('/r123x')).headers['x-target']).toBe('echo');
});

test('values of users reach clients and conditions as they are', async () => {
  expect((await ask('/hostile')).body).toBe(`said a'b"c\\d#e$f\${HOME}%[path]{ } g\n`);
  expect((await ask('/', { 'x-hostile': `a'b"c\\d#e$f\${HOME}%[path]{ } g` })).body).toBe('hostile header');
});

test('redirects, empty answers, groups without anybody', async () => {
  const moved = await ask('/old/a?b=c%20d', { host: 'x.test:80' });
  expect(moved).toMatchObject({
    status: 301,
    headers: { location: 'https://www.x.test:8443/new/old/a?b=c%20d', server: 'awselb/2.0' },
  });
  expect((await ask('/old', { host: 'x.test' })).headers['location']).toBe('https://www.x.test:8443/new/old');
  expect(await ask('/empty')).toMatchObject({ status: 204, body: '' });
  const none = await ask('/nobody');
  expect(none).toMatchObject({ status: 503, headers: { server: 'awselb/2.0' } });
  expect(none.body).toContain('<h1>503 Service Temporarily Unavailable</h1>');
  expect((await ask('/not-there')).status).toBe(503);
});

test('weights hold within three of a hundred over 2,000 requests', async () => {
  let green = 0;
  const lanes = Array.from({ length: 20 }, async () => {
    for (let i = 0; i < 100; i++) if ((await ask('/weighted')).body === 'green') green += 1;
  });
  await Promise.all(lanes);
  expect(green / 2000).toBeGreaterThan(0.07);
  expect(green / 2000).toBeLessThan(0.13);
});

test('clients stay with the group they met first', async () => {
  const first = await ask('/sticky');
  const cookies = first.headers['set-cookie'] as string[];
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['AWSALBTG', 'AWSALBTGCORS']);
  for (const cookie of cookies) {
    for (let i = 0; i < 20; i++)
      expect((await ask('/sticky', { cookie: cookie.split(';')[0]! })).body).toBe(first.body);
  }
  const met = new Set<string>();
  for (let i = 0; i < 40; i++) met.add((await ask('/sticky')).body);
  expect([...met].sort()).toEqual(['blue', 'green']);
});

test('the target learns of the client', async () => {
  const headers = JSON.parse((await ask('/echo', { 'x-forwarded-for': '198.51.100.7' })).body) as Record<
    string,
    string
  >;
  expect(headers['x-forwarded-for']).toMatch(/^198\.51\.100\.7, \d+\.\d+\.\d+\.\d+$/);
  expect(headers).toMatchObject({ 'x-forwarded-proto': 'http', 'x-forwarded-port': '80' });
  expect(headers['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  const traced = JSON.parse(
    (await ask('/echo', { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678;Self=1-1-2' })).body,
  ) as Record<string, string>;
  expect(traced['x-amzn-trace-id']).toMatch(
    /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678/,
  );
});

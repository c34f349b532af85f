import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MeshEndpointDocument, MeshProtocol, MeshProxyDocument } from '#wire/link';
import { missingOf, type ProxyInput, renderProxy } from './configuration.ts';

const places = { files: '/run/mesh/files', adminSocket: '/run/mesh/sockets/admin' };

interface Texts {
  readonly name: string;
  readonly header: string;
  readonly value: string;
  readonly server: string;
  readonly address: string;
}

function inputOf(texts: Texts, protocol: MeshProtocol, format: 'TEXT' | 'JSON'): ProxyInput {
  const proxy: MeshProxyDocument = {
    containerName: texts.name,
    namespaceArn: texts.name,
    clusterName: texts.name,
    serviceName: texts.name,
    ingress: [
      { endpointId: texts.name, containerPort: 80, listenerPort: 80, certificateArn: texts.value },
      { endpointId: texts.name, containerPort: 81, listenerPort: 9000 },
    ],
    egress: [
      { endpointId: texts.name, hostName: texts.name, port: 80, address: '127.255.0.1' },
      { endpointId: texts.name, hostName: texts.name, port: 81, address: texts.address },
      { endpointId: 'absent', hostName: texts.name, port: 82, address: '127.255.0.2' },
    ],
    accessLog: { format, includeQueryParameters: true },
  };
  const endpoint: MeshEndpointDocument = {
    namespaceArn: texts.name,
    discoveryName: texts.name,
    protocol,
    idleTimeoutSeconds: 300,
    perRequestTimeoutSeconds: 15,
    tls: { serverName: texts.server, authority: texts.value },
    shares: [
      { name: texts.name, weight: 80, targets: [{ taskArn: texts.name, address: texts.address, port: 80 }] },
      { name: texts.value, weight: 20, targets: [{ taskArn: texts.name, address: '10.0.0.1', port: 80 }] },
    ],
    test: { share: texts.value, headerName: texts.header, exact: texts.value },
  };
  const certificate = { certificate: texts.value, privateKey: texts.value };
  return {
    proxy,
    endpoints: new Map([[texts.name, endpoint]]),
    certificates: new Map([[texts.value, certificate]]),
    places,
    addresses: new Map(),
  };
}

const harmless: Texts = { name: 'a', header: 'x-a', value: 'b', server: 'c', address: '10.0.0.2' };
const hostile = fc.string({
  unit: fc.constantFrom(...`a"'\\#$\{}()[]%\n\r\t ;,|&x0é-`.split('')),
  minLength: 1,
  maxLength: 20,
});
const text = fc.oneof(hostile, fc.string({ minLength: 1 }));
const texts = fc.record<Texts>({ name: text, header: text, value: text, server: text, address: text });
const protocols = fc.constantFrom<MeshProtocol>('http', 'http2', 'grpc', 'tcp');
const formats = fc.constantFrom<'TEXT' | 'JSON'>('TEXT', 'JSON');

/** Lines without what may differ: words of hashes, addresses, escaped text, names of certificates. */
function shape(configuration: string): readonly string[] {
  return configuration.split('\n').map((line) => line.trim().split(' ')[0] ?? '');
}

test('no text of a user ends its word or its line: the lines are those of harmless texts, and hold no bare sign', () => {
  fc.assert(
    fc.property(texts, protocols, formats, (given, protocol, format) => {
      const rendered = renderProxy(inputOf(given, protocol, format)).text('g');
      for (const line of rendered.split('\n')) expect(line).toMatch(/^[ !-~]*$/);
      const usual = shape(renderProxy(inputOf(harmless, protocol, format)).text('g'));
      for (const keyword of shape(rendered)) expect(usual).toContain(keyword);
      expect(rendered).not.toMatch(/["'#$]/);
    }),
  );
});

test('the same documents are the same configuration; servers and what is in certificates are not in its generation', () => {
  const input = inputOf(harmless, 'http', 'TEXT');
  const first = renderProxy(input);
  expect(renderProxy(input)).toMatchObject({ generation: first.generation, backends: first.backends });
  const [endpoint] = [...input.endpoints.values()];
  const moved = { ...endpoint, shares: endpoint?.shares.map((share) => ({ ...share, targets: [] })) };
  const other: ProxyInput = { ...input, endpoints: new Map([['a', moved as MeshEndpointDocument]]) };
  expect(renderProxy(other).generation).toBe(first.generation);
  const renewed = new Map([['b', { certificate: 'new', privateKey: 'new' }]]);
  expect(renderProxy({ ...input, certificates: renewed }).generation).toBe(first.generation);
  const slower = { ...endpoint, perRequestTimeoutSeconds: 1 } as MeshEndpointDocument;
  expect(renderProxy({ ...input, endpoints: new Map([['a', slower]]) }).generation).not.toBe(first.generation);
});

test('where the application has the port itself, the proxy listens elsewhere, at no port of the task', () => {
  const base = inputOf(harmless, 'http', 'TEXT');
  const ports = [80, 65_000, 64_999].map((port) => ({ endpointId: 'a', containerPort: port, listenerPort: port }));
  const override = { endpointId: 'a', containerPort: 90, listenerPort: 64_998 };
  const { interceptions } = renderProxy({ ...base, proxy: { ...base.proxy, ingress: [...ports, override] } });
  expect(interceptions).toEqual([
    { port: 80, listenerPort: 64_997 },
    { port: 65_000, listenerPort: 64_996 },
    { port: 64_999, listenerPort: 64_995 },
  ]);
});

test('what a proxy waits for', () => {
  const { endpoints, certificates, proxy } = inputOf(harmless, 'http', 'TEXT');
  expect(missingOf({ proxy, endpoints, certificates })).toEqual([]);
  expect(missingOf({ proxy, endpoints: new Map(), certificates })).toEqual(['the endpoint a', 'the endpoint a']);
  expect(missingOf({ proxy, endpoints, certificates: new Map() })).toEqual(['the certificate b']);
});

test('in bridge mode nothing is led elsewhere; the application is where its container is, which is no reason to reload', () => {
  const base = inputOf(harmless, 'http', 'TEXT');
  const ingress = [{ endpointId: 'a', containerPort: 80, containerName: 'web', listenerPort: 80 }];
  const input: ProxyInput = { ...base, proxy: { ...base.proxy, ingress } };
  const before = renderProxy(input);
  expect(before.interceptions).toEqual([]);
  expect(before.backends[0]?.servers).toEqual([]);
  const after = renderProxy({ ...input, addresses: new Map([['web', '172.17.0.3']]) });
  expect(after.backends[0]?.servers).toMatchObject([{ address: '172.17.0.3:80', enabled: true }]);
  expect(after.generation).toBe(before.generation);
});

import { expect, it } from 'vitest';
import type { RoadsteadCommit } from '#store';
import { type Answer, type ApiHarness, apiHarness } from '../../../test/support/api-harness.ts';
import type { RecordChange } from './compiler.ts';
import { nameCompiler } from './name.ts';
import { zoneCompiler } from './zone.ts';

/** Documents kept by what changes say, beside those that a look at everything gives. */
class Kept {
  readonly #harness: ApiHarness;
  readonly #names = new Map<string, unknown>();
  readonly #stop = new AbortController();
  readonly #commits: RoadsteadCommit[] = [];

  constructor(harness: ApiHarness) {
    this.#harness = harness;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    for await (const event of this.#harness.store.watch(this.#stop.signal)) {
      if (event.type === 'commit') this.#commits.push(event.commit);
    }
  }

  async look(): Promise<Record<string, unknown>> {
    const { store } = this.#harness;
    await expect.poll(() => this.#commits.at(-1)?.revision ?? 0).toBe(store.revision);
    for (const change of this.#commits.flatMap(({ changes }) => changes)) {
      const concerned = nameCompiler.changedBy[change.table] as
        | ((change: RecordChange<never>, view: typeof store.view) => Iterable<string>)
        | undefined;
      for (const id of concerned?.(change as unknown as RecordChange<never>, store.view) ?? []) this.#compile(id);
    }
    this.#commits.splice(0, this.#commits.length - 1);
    return Object.fromEntries([...this.#names].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  whole(): Record<string, unknown> {
    const { view } = this.#harness.store;
    const all = [...nameCompiler.all(view)].map((id) => [id, nameCompiler.compile(view, id)] as const);
    return Object.fromEntries(all.filter(([, made]) => made !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #compile(id: string): void {
    const made = nameCompiler.compile(this.#harness.store.view, id);
    if (made === undefined) this.#names.delete(id);
    else this.#names.set(id, made);
  }

  stop(): void {
    this.#stop.abort();
  }
}

it('names follow from instances, step by step as all at once', async () => {
  const harness = await apiHarness();
  const call = (operation: string, input: object): Promise<Answer> =>
    harness.call(operation, input, { service: 'servicediscovery' });
  await harness.subnets();
  const [vpc] = harness.store.view.vpcs.all();
  await call('CreatePrivateDnsNamespace', { Name: 'Web.local', Vpc: vpc?.vpcId });
  await call('CreateHttpNamespace', { Name: 'plain' });
  const [namespace] = harness.store.view.discoveryNamespaces.all();
  const zoneId = namespace?.hostedZoneId ?? '';
  const account = 'account:111111111111/eu-west-1';
  expect([...zoneCompiler.all(harness.store.view)]).toEqual([zoneId]);
  expect(zoneCompiler.compile(harness.store.view, zoneId)).toEqual({
    body: { name: 'Web.local', vpcIds: [vpc?.vpcId], negativeTtl: 15 },
    scopes: [`vpc:${vpc?.vpcId}`, account],
  });
  const kept = new Kept(harness);
  const DnsRecords = [
    { Type: 'SRV', TTL: 10 },
    { Type: 'A', TTL: 20 },
  ];
  const { Service } = await call('CreateService', {
    Name: 'api',
    NamespaceId: namespace?.namespaceId,
    DnsConfig: { DnsRecords },
    HealthCheckCustomConfig: {},
  });
  const ServiceId = Service.Id;
  const check = async (): Promise<Record<string, unknown>> => {
    const found = await kept.look();
    expect(found).toEqual(kept.whole());
    return found;
  };
  for (const n of [1, 2]) {
    const Attributes = { AWS_INSTANCE_IPV4: `10.0.0.${n}`, AWS_INSTANCE_PORT: `808${n}` };
    await call('RegisterInstance', { ServiceId, InstanceId: `a/${n}`, Attributes });
    await check();
  }
  const two = await check();
  expect(Object.keys(two)).toEqual(['/A', '/SRV', '/a/1/A', '/a/2/A'].map((end) => `${ServiceId}${end}`));
  expect(two[`${ServiceId}/A`]).toMatchObject({
    body: {
      zoneId,
      name: 'api.web.local',
      type: 'A',
      ttl: 20,
      routing: 'multivalue',
      values: [{ value: '10.0.0.1' }, { value: '10.0.0.2' }],
    },
  });
  expect(two[`${ServiceId}/a/2/A`]).toMatchObject({ body: { name: 'a/2.api.web.local', ttl: 10 } });
  await call('UpdateInstanceCustomHealthStatus', { ServiceId, InstanceId: 'a/1', Status: 'UNHEALTHY' });
  expect((await check())[`${ServiceId}/A`]).toMatchObject({ body: { values: [{ value: '10.0.0.2' }] } });
  const longer = [
    { Type: 'SRV', TTL: 60 },
    { Type: 'A', TTL: 60 },
  ];
  await call('UpdateService', { Id: ServiceId, Service: { DnsConfig: { DnsRecords: longer } } });
  expect((await check())[`${ServiceId}/a/1/A`]).toMatchObject({ body: { ttl: 60 } });
  for (const n of [1, 2]) await call('DeregisterInstance', { ServiceId, InstanceId: `a/${n}` });
  expect(await check()).toEqual({});
  kept.stop();
});

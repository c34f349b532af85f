import { describe, expect, test } from 'vitest';
import { ApiError } from '#wire/aws';
import { SimulatedHost, startedHost } from './testing-host.ts';

describe('registration', () => {
  test('tells what the host has, and keeps the ARN for the next start', async () => {
    const host = await startedHost({ cpuCount: 2, memoryBytes: 4 * 1024 ** 3 });
    const [first] = host.controlPlane.registrations;
    expect(first?.totalResources).toEqual([
      { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
      { name: 'MEMORY', type: 'INTEGER', integerValue: 4096 },
      { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22'] },
      { name: 'PORTS_UDP', type: 'STRINGSET', stringSetValue: [] },
    ]);
    expect(first?.attributes).toContainEqual({ name: 'stack', value: 'test' });
    expect(first?.attributes).toContainEqual({ name: 'ecs.capability.task-eni' });
    expect(first).not.toHaveProperty('containerInstanceArn');
    await host.crash();
    await host.start();
    const [, second] = host.controlPlane.registrations;
    expect(second?.containerInstanceArn).toBe(host.controlPlane.containerInstanceArn);
    expect(second?.attributes).not.toContainEqual({ name: 'stack', value: 'test' });
    expect(JSON.parse(second?.instanceIdentityDocument ?? '')).toEqual(
      JSON.parse(first?.instanceIdentityDocument ?? ''),
    );
    expect(second?.clientToken).not.toBe(first?.clientToken);
  });

  test('is repeated until the control plane answers, and given up when it refuses', async () => {
    const host = new SimulatedHost();
    for (let i = 0; i < 3; i++) host.controlPlane.failures.push({ operation: 'register', error: new Error('refused') });
    await host.start();
    expect(host.controlPlane.connected).toBe(false);
    await host.pass(10_000);
    expect(host.controlPlane.connected).toBe(true);

    const refused = new SimulatedHost();
    const error = new ApiError('ClusterNotFoundException', 'Cluster not found.');
    refused.controlPlane.failures.push({ operation: 'register', error });
    await refused.start();
    expect((await refused.agent?.failed)?.message).toContain('Cluster not found.');
  });

  test("another cluster's state is refused, and whose it is and where it lies is said", async () => {
    const host = await startedHost();
    await host.crash();
    await expect(host.start({ cluster: 'other' })).rejects.toMatchObject({
      code: 'ForeignState',
      message:
        `memory is of a host in the cluster default (container instance ${host.controlPlane.containerInstanceArn} of ` +
        'account 000000000000), and this agent is to join other',
    });
  });

  test.each([
    ['InvalidParameterException', 'AccountIDs mismatch'],
    ['ClientException', 'The referenced container instance was not found.'],
    ['ClusterNotFoundException', 'Cluster not found.'],
  ])('state that the control plane does not know is named when it refuses with %s', async (code, message) => {
    const host = await startedHost();
    await host.crash();
    host.controlPlane.failures.push({ operation: 'register', error: new ApiError(code, message) });
    await host.start();
    const fault = await host.agent?.failed;
    expect(fault).toMatchObject({ code: 'ForeignState' });
    expect(fault?.message).toContain(
      `memory is of the container instance ${host.controlPlane.containerInstanceArn} of`,
    );
    expect(fault?.message).toContain(`refuses this host: ${code}: ${message.replace(/\.$/, '')}. The file belongs to`);
  });

  test('a refusal that has nothing to do with what is kept says so', async () => {
    const host = await startedHost();
    await host.crash();
    const error = new ApiError('AccessDeniedException', 'no');
    host.controlPlane.failures.push({ operation: 'register', error });
    await host.start();
    expect(await host.agent?.failed).toMatchObject({ code: 'Registration' });
  });
});

import { describe, expect, it } from 'vitest';
import { afterMs, Ids, SeededRandom } from '#base';
import {
  applyContainerHealth,
  type DiscoveryService,
  type HealthStatus,
  newTask,
  requestStop,
  shortId,
  type Task,
} from '#model';
import { standaloneSpec } from '../../../test/support/definitions.ts';
import { scope, start, testClusterArn, testDefinition, testInstance } from '../test-support/records.ts';
import { type ConnectView, decideConnect } from './connect.ts';

const ids = new Ids(new SeededRandom(3));
const service: DiscoveryService = {
  ...scope,
  serviceId: 'srv-1',
  namespaceId: 'ns-1',
  name: 'http',
  type: 'HTTP',
  managedByEcs: true,
  attributes: {},
  instancesRevision: 1,
  tags: [],
  createdAt: start,
};
const endpoint = {
  discoveryName: 'http',
  discoveryArn: 'arn',
  portName: 'http',
  containerPort: 80,
  listenerPort: 9000,
  protocol: 'http' as const,
  idleTimeoutSeconds: 300,
  perRequestTimeoutSeconds: 15,
  hostName: 'web',
  port: 80,
};

/** A RUNNING task, whose container says that of itself when it is checked. */
function viewOf(health?: HealthStatus, check: object = {}): ConnectView & { readonly task: Task } {
  const base = testDefinition(1, { networkMode: 'awsvpc', healthCheck: health !== undefined });
  const [container] = base.containerDefinitions;
  const healthCheck = health === undefined ? {} : { healthCheck: { command: ['CMD', 'true'], ...check } };
  const definition = { ...base, containerDefinitions: [{ ...container, ...healthCheck }] };
  const spec = standaloneSpec(scope, testClusterArn, { launchType: 'FARGATE', serviceConnect: true });
  const made = newTask(definition, spec, start, ids);
  const running: Task = {
    ...made,
    attachment: { id: 'a', status: 'ATTACHED', privateIpv4Address: '10.0.0.9' },
    lastStatus: 'RUNNING',
    startedAt: start,
  };
  const task = health === undefined ? running : applyContainerHealth(running, new Map([['web', health]]));
  return { task, endpoints: [{ endpoint, service }], definition, host: undefined, registered: [] };
}

describe('a task of Service Connect', () => {
  it('answers at the port of its proxy from when it runs, whatever the proxy says of itself', () => {
    const view = viewOf();
    const { put, remove, wakeAt } = decideConnect(view, start);
    expect([remove, wakeAt]).toEqual([[], undefined]);
    expect(put).toMatchObject([
      {
        serviceId: 'srv-1',
        instanceId: shortId(view.task.taskArn),
        taskArn: view.task.taskArn,
        attributes: { AWS_INSTANCE_IPV4: '10.0.0.9', AWS_INSTANCE_PORT: '9000', ECS_CLUSTER_NAME: 'test' },
      },
    ]);
    expect(decideConnect({ ...view, registered: put }, start)).toEqual({ put: [], remove: [] });
  });

  it('answers in bridge mode at the port that its proxy has on the host, from when that is known', () => {
    const base = viewOf();
    const attributes = [{ name: 'roadstead.underlay-address', value: '192.168.0.5' }];
    const host = testInstance(ids, { attributes });
    const bridged = { ...endpoint, listenerPort: 65_000, bridge: { containerName: 'web', hostPort: 0 } };
    const view = { ...base, endpoints: [{ endpoint: bridged, service }], host };
    expect(decideConnect(view, start)).toEqual({ put: [], remove: [] });
    const bindings = [
      { containerPort: 80, hostPort: 49_153 },
      { containerPort: 65_000, hostPort: 49_154 },
    ];
    const containers = view.task.containers.map((container) =>
      container.name === view.task.serviceConnect?.containerName
        ? { ...container, networkBindings: bindings }
        : container,
    );
    const { put } = decideConnect({ ...view, task: { ...view.task, containers } }, start);
    expect(put).toMatchObject([
      { attributes: { AWS_INSTANCE_IPV4: '192.168.0.5', AWS_INSTANCE_PORT: '49154', ECS_CLUSTER_NAME: 'test' } },
    ]);
  });

  it('does not answer before it runs, nor once it is to stop', () => {
    const view = viewOf();
    const { put: registered } = decideConnect(view, start);
    const stopping = requestStop(view.task, { stopCode: 'UserInitiated', reason: '', at: start });
    for (const task of [{ ...view.task, lastStatus: 'PENDING' as const }, stopping, undefined]) {
      expect(decideConnect({ ...view, task, registered }, start)).toEqual({ put: [], remove: registered });
    }
  });

  it('waits for its checks as long as they may take, to the millisecond and at most eight minutes', () => {
    expect(decideConnect(viewOf('HEALTHY'), start).put).toHaveLength(1);
    const waits = (check: object): number => {
      const view = viewOf('UNKNOWN', check);
      const { put, wakeAt } = decideConnect(view, start);
      expect(put).toEqual([]);
      const at = wakeAt ?? start;
      expect(decideConnect(view, afterMs(at, -1)).put).toEqual([]);
      expect(decideConnect(view, at).put).toHaveLength(1);
      return Math.round((at - start) * 1000);
    };
    expect(waits({})).toBe(105_000);
    expect(waits({ startPeriod: 10, interval: 5, timeout: 2, retries: 2 })).toBe(24_000);
    expect(waits({ startPeriod: 300, interval: 300, retries: 10 })).toBe(8 * 60_000);
  });

  it('does not answer while it is unhealthy', () => {
    const { put: registered } = decideConnect(viewOf('HEALTHY'), start);
    expect(decideConnect({ ...viewOf('UNHEALTHY'), registered }, start)).toEqual({ put: [], remove: registered });
  });

  it('answers for what its revision has, and for no more', () => {
    const view = viewOf();
    const { put: registered } = decideConnect(view, start);
    expect(decideConnect({ ...view, endpoints: [], registered }, start)).toEqual({ put: [], remove: registered });
    const other = { endpoint, service: { ...service, serviceId: 'srv-2' } };
    const moved = decideConnect({ ...view, endpoints: [other], registered }, start);
    expect([moved.put.map(({ serviceId }) => serviceId), moved.remove]).toEqual([['srv-2'], registered]);
  });
});

import { revisionOfTask } from '#mesh';
import { shortId, type Task, taskClusterName } from '#model';
import type { RoadsteadView } from '#store';
import { type ConnectCounts, type ConnectMetric, connectMetrics } from '#telemetry';

type Members = Readonly<Record<string, unknown>>;

/**
 * Keeps what the proxy of a task counted, of a task metric of a telemetry message. What cannot be read, or is of a name
 * that the task neither answers for nor calls, is left out.
 */
export function recordConnect(view: RoadsteadView, task: Task, metric: Members, counts: ConnectCounts): void {
  const wrapper = metric['serviceConnectMetricsWrapper'];
  if (!Array.isArray(wrapper) || task.serviceConnect === undefined || task.serviceArn === undefined) return;
  const names = namesOf(view, task);
  const owner = {
    serviceName: shortId(task.serviceArn),
    clusterName: taskClusterName(task),
    accountId: task.accountId,
    region: task.region,
  };
  for (const each of objects(wrapper)) {
    const [dimension] = objects(each['dimensions']);
    const key = dimension?.['key'];
    const name = dimension?.['value'];
    if ((key !== 'DiscoveryName' && key !== 'TargetDiscoveryName') || typeof name !== 'string') continue;
    if (!names[key].has(name)) continue;
    for (const { metricName, metricValues, metricCounts } of objects(each['generalMetrics'])) {
      if (!isMetric(metricName) || connectMetrics[metricName] !== key) continue;
      const samples = { values: numbers(metricValues), counts: numbers(metricCounts) };
      counts.record(task.taskArn, metricName, { dimension: key, name, ...owner }, samples);
    }
  }
}

function namesOf(view: RoadsteadView, task: Task) {
  const connect = revisionOfTask(view, task)?.connect;
  const called = (connect?.callable ?? []).flatMap(
    ({ discoveryArn }) => view.discoveryServices.find(shortId(discoveryArn))?.name ?? [],
  );
  return {
    DiscoveryName: new Set((connect?.endpoints ?? []).map(({ discoveryName }) => discoveryName)),
    TargetDiscoveryName: new Set(called),
  };
}

function isMetric(name: unknown): name is ConnectMetric {
  return typeof name === 'string' && Object.hasOwn(connectMetrics, name);
}

/** Of one metric in one message: far above what a proxy tells apart. */
const mostValues = 1_000;

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value)
    ? value.slice(0, mostValues).map((each) => (typeof each === 'number' ? each : Number.NaN))
    : [];
}

function objects(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter((each): each is Members => typeof each === 'object' && each !== null) : [];
}

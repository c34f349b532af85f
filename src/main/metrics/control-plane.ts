import type { Metrics } from '#base';
import { schema } from '#store';
import type { ControlPlane } from '../control-plane.ts';
import { showServiceConnect } from './service-connect.ts';

/** Series that the control plane's parts count themselves; read when somebody asks. */
export function showControlPlane(
  metrics: Metrics,
  {
    store,
    controllers,
    dispatcher,
    sessions,
    usage,
  }: Pick<ControlPlane, 'store' | 'controllers' | 'dispatcher' | 'sessions' | 'usage'>,
): void {
  metrics.reading('roadstead_store_revision', 'gauge', 'The latest transaction in memory.', () => store.revision);
  metrics.reading(
    'roadstead_store_durable_revision',
    'gauge',
    'The latest transaction on disk.',
    () => store.durableRevision,
  );
  metrics.reading('roadstead_store_epoch', 'gauge', 'How often the store was opened.', () => store.epoch);
  const tables = Object.keys(schema) as (keyof typeof schema)[];
  metrics.readings('roadstead_store_records', 'gauge', 'Records of each table.', ['table'], () =>
    tables.map((table) => [[table], store.view[table].size]),
  );
  showLoops(metrics, controllers);
  showServiceConnect(metrics, usage.connect);
  metrics.reading('roadstead_agents_connected', 'gauge', 'Control channels open.', () => dispatcher.connectedCount);
  metrics.reading('roadstead_sessions_open', 'gauge', 'Sessions of ECS Exec that are open.', () => sessions.openCount);
  const { counts } = dispatcher;
  const counter = (name: string, help: string, read: () => number): void =>
    metrics.reading(`roadstead_dispatch_${name}_total`, 'counter', help, read);
  counter('connections', 'Control channels opened.', () => counts.connections);
  counter(
    'orders_sent',
    'Tasks to run or stop that agents were told, repeated ones included.',
    () => counts.ordersSent,
  );
  counter('orders_resent', 'Of these, repeated for want of an acknowledgment.', () => counts.ordersResent);
  counter('orders_acked', 'Orders acknowledged.', () => counts.ordersAcked);
  counter('messages_refused', 'Messages an agent could not take.', () => counts.messagesRefused);
}

function showLoops(metrics: Metrics, controllers: ControlPlane['controllers']): void {
  const read = (member: 'reconciles' | 'faults' | 'failures' | 'depth') =>
    function* (): Iterable<readonly [readonly string[], number]> {
      for (const [loop, counts] of controllers.counts()) yield [[loop], counts[member]];
    };
  const counter = (name: string, help: string, member: 'reconciles' | 'faults' | 'failures'): void =>
    metrics.readings(`roadstead_loop_${name}_total`, 'counter', help, ['loop'], read(member));
  counter('reconciles', 'Keys worked on.', 'reconciles');
  counter('faults', 'Reconciles put off because the store refused.', 'faults');
  counter('failures', 'Reconciles that met a defect; the key is tried again.', 'failures');
  metrics.readings('roadstead_loop_depth', 'gauge', 'Keys waiting or being worked on.', ['loop'], read('depth'));
}

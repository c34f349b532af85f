import type { Clock, Ids } from '#base';
import { type Connection, encodeFrame, type HostReport } from '#wire/link';
import type { HostReporting } from './part.ts';

const reportsPerMessage = 500;

/**
 * Tells the control plane what became of its documents: changes of one turn together, and everything on each new
 * connection. Nothing is acknowledged: what a connection lost, the next one says.
 */
export class HostReporter implements HostReporting {
  readonly #deps: { readonly clock: Clock; readonly ids: Ids };
  readonly #newest = new Map<string, { readonly report: HostReport; readonly text: string }>();
  readonly #unsaid = new Set<string>();
  #connection: Connection | undefined;
  #gathering = false;

  constructor(deps: { readonly clock: Clock; readonly ids: Ids }) {
    this.#deps = deps;
  }

  report(report: HostReport): void {
    const key = keyOf(report);
    const text = JSON.stringify(report);
    if (this.#newest.get(key)?.text === text) return;
    this.#newest.set(key, { report, text });
    this.#unsaid.add(key);
    this.#gather();
  }

  withdraw(report: HostReport): void {
    const key = keyOf(report);
    this.#newest.delete(key);
    this.#unsaid.delete(key);
  }

  opened(connection: Connection): void {
    this.#connection = connection;
    for (const key of this.#newest.keys()) this.#unsaid.add(key);
    this.#gather();
  }

  closed(): void {
    this.#connection = undefined;
  }

  #gather(): void {
    if (this.#gathering || this.#connection === undefined || this.#unsaid.size === 0) return;
    this.#gathering = true;
    this.#deps.clock.setTimer(0, () => {
      this.#gathering = false;
      this.#say();
    });
  }

  #say(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const reports = [...this.#unsaid].flatMap((key) => this.#newest.get(key)?.report ?? []);
    this.#unsaid.clear();
    for (let from = 0; from < reports.length; from += reportsPerMessage) {
      const message = { messageId: this.#deps.ids.uuid(), reports: reports.slice(from, from + reportsPerMessage) };
      connection.send(encodeFrame({ type: 'RoadsteadHostReport', message }));
    }
  }
}

/** What a report is about. */
function keyOf({ kind, report }: HostReport): string {
  if (kind === 'listener') return `listener ${report.listenerArn}`;
  if (kind === 'balancer-node') return `node ${report.interfaceId}`;
  return `target ${report.targetGroupArn} ${report.id} ${report.port}`;
}

import type { IncomingMessage } from 'node:http';
import type { WireAnswer } from '#wire/aws';

/**
 * Who may read `GET /metrics`, which no scraper can sign: processes of this machine, everybody who reaches the port, or
 * nobody.
 */
export type MetricsReaders = 'local' | 'any' | 'none';

export interface MetricsPage {
  readonly readers: MetricsReaders;
  /** All series in Prometheus's text format 0.0.4. */
  text(): string;
}

export const metricsPath = '/metrics';

const plain = { 'Content-Type': 'text/plain; charset=utf-8' } as const;
const prometheus = { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } as const;

export function answerMetrics(page: MetricsPage, request: IncomingMessage): WireAnswer {
  if (page.readers === 'none') return { status: 404, headers: plain, body: 'Metrics are switched off.\n' };
  if (page.readers === 'local' && !isLocal(request)) {
    const body = 'Metrics are for readers on this machine; start the server with --metrics any to open them.\n';
    return { status: 403, headers: plain, body };
  }
  return { status: 200, headers: prometheus, body: page.text() };
}

const loopbackAddress = /^(127\.|::1$|::ffff:127\.)/;
const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * From this machine, and meant for it: what a proxy here hands on for others says so, and a page in a browser whose
 * name was pointed at this machine carries that name.
 */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const forwarded = 'forwarded' in headers || 'x-forwarded-for' in headers || 'via' in headers;
  return loopbackAddress.test(socket.remoteAddress ?? '') && loopbackName.test(headers.host ?? '') && !forwarded;
}

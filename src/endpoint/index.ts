export { Answerer, type AnswererDeps } from './answer.ts';
export type { FindIdentity, Identity } from './identity.ts';
export { type Listener, type ListenerDeps, type ListenerOptions, listen } from './listener.ts';
export { type MetricsPage, type MetricsReaders } from './metrics-page.ts';
export { createRequestMeter, type RequestMeter } from './request-meter.ts';
export { Upgrades } from './upgrade.ts';

import { operation } from '../operation.ts';
import { ecs } from './service.ts';

/**
 * DiscoverPollEndpoint: where an agent finds its control and telemetry channels. They are at the address it reached us
 * at, so that any name or network that works for its requests works for them. Agents keep the answer for 12 hours.
 */
export const DiscoverPollEndpoint = operation(ecs, 'DiscoverPollEndpoint', {
  authorize: () => ({ action: 'ecs:DiscoverPollEndpoint', resource: '*' }),
  command: (_input, ctx) => ctx.endpoint,
  read: (_view, endpoint) => endpoint,
  output: (endpoint) => ({ endpoint: `${endpoint}/acs`, telemetryEndpoint: `${endpoint}/tcs` }),
});

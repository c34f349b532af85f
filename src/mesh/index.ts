export { longestHealthWaitMs, servicesPerNamespace } from './limits.ts';
export { findNamespace, newHttpNamespace } from './namespace.ts';
export { currentEndpoint, discoveryNameOf, endpointsIn, namedPort, revisionOfTask, settleConnect } from './settle.ts';
export { type EndpointTraffic, endpointTraffic } from './shares.ts';

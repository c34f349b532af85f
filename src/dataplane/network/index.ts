export { type CreateHostNetworkOptions, createHostNetwork } from './create.ts';
export type { HostNetwork } from './host-network.ts';
export { findUnderlayAddress } from './underlay-address.ts';

export type { NetworkCommands } from './commands.ts';
export { Fabric, type FabricDeps, type FabricOptions } from './fabric.ts';
export { LinkLocalEndpoint } from './link-local.ts';
export type { FabricInterface } from './plan.ts';
export { SystemCommands } from './system-commands.ts';

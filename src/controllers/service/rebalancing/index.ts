export { type Balance, decideBalance } from './decide.ts';
export { type Spared, sparedOf } from './spared.ts';
export { ZoneWatch } from './zone-watch.ts';

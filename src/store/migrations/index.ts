import type { Migration } from './migration.ts';
import { vpcParts } from './vpc-parts.ts';

export { assertKnownVersion, currentVersion, type Migration, migrate } from './migration.ts';

/** Every migration there ever was, in order. Version 1 is the first release's. */
export const migrations: readonly Migration[] = [vpcParts];

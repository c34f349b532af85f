import { hostDocumentBugs } from './bugs/host-documents.ts';
import { hostBugs } from './bugs/hosts.ts';
import { nameBugs } from './bugs/names.ts';
import { placementBugs } from './bugs/placement.ts';
import { rebalancingBugs } from './bugs/rebalancing.ts';
import { releaseBugs } from './bugs/releases.ts';
import { serviceBugs } from './bugs/services.ts';
import { storeBugs } from './bugs/store.ts';
import { targetBugs } from './bugs/targets.ts';
import { upkeepBugs } from './bugs/upkeep.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Every bug the simulation has to find. What is replaced occurs exactly once in its file. */
export const bugs: readonly PlantedBug[] = [
  ...storeBugs,
  ...hostBugs,
  ...hostDocumentBugs,
  ...nameBugs,
  ...placementBugs,
  ...serviceBugs,
  ...releaseBugs,
  ...rebalancingBugs,
  ...targetBugs,
  ...upkeepBugs,
];

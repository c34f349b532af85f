import { boundCases } from './bounds.cases.ts';
import type { RuleCase } from './case.ts';
import { containerCases } from './containers.cases.ts';
import { fargateCases } from './fargate.cases.ts';
import { launchTypeCases } from './launch-types.cases.ts';
import { lifecycleCases } from './lifecycle.cases.ts';
import { loggingCases } from './logging.cases.ts';
import { memberCases } from './members.cases.ts';
import { networkCases } from './network.cases.ts';
import { platformCases } from './platform.cases.ts';
import { volumeCases } from './volumes.cases.ts';

/** Every decision table, by the name of its file. */
export const caseTables: Readonly<Record<string, readonly RuleCase[]>> = {
  containers: containerCases,
  network: networkCases,
  lifecycle: lifecycleCases,
  logging: loggingCases,
  volumes: volumeCases,
  platform: platformCases,
  fargate: fargateCases,
  'launch-types': launchTypeCases,
  bounds: boundCases,
  members: memberCases,
};
